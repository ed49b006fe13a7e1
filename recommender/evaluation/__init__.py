"""How good the recommendations are, measured on ratings that were held back."""
