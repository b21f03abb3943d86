"""The report of a case: one content in blocks, in English or German, as a page and as a PDF."""
