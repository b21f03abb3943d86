"""What filters and orders the cells: groups, folders, words in names, ranges, order."""
