"""The field with its panels, as the settings want them."""
