"""Data sets, synthesis, fitting, evaluation, calibration, export. Needs the train extra."""
