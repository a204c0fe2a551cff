"""What vision-language models are asked, wherever they run, and how their answers are held against the page."""
