"""Searches that show the demo library off; a test holds that the right picture leads each of them."""

SEARCHES = {
    "cat": "chelsea.png",
    "a cup of coffee": "coffee.png",
    "rocket launch": "rocket.jpg",
    "motorcycle": "motorcycle_left.png",
    "galaxies": "hubble_deep_field.jpg",
    "flower": "flower.jpg",
    "building by the lake": "china.jpg",
}
"""The words, and the file that they should find first."""
