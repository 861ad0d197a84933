"""``python -m vpdesk``."""

from vpdesk.cli import main

if __name__ == "__main__":
    main()
