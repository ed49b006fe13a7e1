"""How well receipts and invoices are read: `receipts` on real ones with their keys, `invoices` on drawn ones."""
