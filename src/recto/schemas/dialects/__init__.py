"""The shapes of other services' answers, one file each: written from our fields, and read into them."""
