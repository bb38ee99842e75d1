"""One file for each figure of the profile; to add a figure is to add a file."""
