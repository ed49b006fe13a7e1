"""Documents into data with the reader alone: invoices and receipts. Nothing here knows of the database."""
