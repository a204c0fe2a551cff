"""The web pages: rendered here, brought to life by a few small modules of JavaScript, asking nothing of other hosts."""
