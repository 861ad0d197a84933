"""Windows that ask or tell; pictures that are taken along."""
