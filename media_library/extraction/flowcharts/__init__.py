"""Flow charts in pictures: shapes, edges with labels and lanes; told as numbered steps, Mermaid and Python.

`read_picture` reads with an engine; `read_flowchart` takes what was read.
"""
