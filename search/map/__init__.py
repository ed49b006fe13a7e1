"""The map: what the library holds as points, so that what is alike lies side by side.

`vectors` reads what is to be placed, `layout` and `clusters` say where, `fits` keeps that in the database and up to
date, `reading` says what somebody sees of it.
"""
