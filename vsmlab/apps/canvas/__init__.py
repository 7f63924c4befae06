"""The canvas: scenarios drawn with the mouse or the keyboard, in a page of the lab and in a notebook's cell."""
