"""Print: a question answered as a document (PDF by typst) and as a table (XLSX), the same bytes again."""
