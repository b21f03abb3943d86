"""`export`: a run or a case as CSV, XLSX, JSON, HTML or pictures."""
