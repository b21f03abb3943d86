"""The data set doctor: odd images, duplicates, label conflicts, and shortcuts to the class."""
