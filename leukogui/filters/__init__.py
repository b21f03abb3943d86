"""What a person may ask for: groups, folders, words in names, ranges, order."""
