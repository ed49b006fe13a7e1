"""Tables in pictures and pages: read, written down, and asked.

`read_picture` reads with an engine; `read_tables` takes what was read. `writing` gives Markdown, CSV, HTML and JSON,
`questions` answers what can be computed from the cells.
"""
