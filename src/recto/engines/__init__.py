"""Plugs that think: OCR, classifiers, labellers; one adapter file each."""
