"""What stands beside the field and reads it: ladder, strips, inspector, direction, read-out."""
