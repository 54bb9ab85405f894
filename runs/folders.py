"""Where the data and the studies that come with the library lie."""

from pathlib import Path

DATA = Path(__file__).with_name("data")
STUDIES = Path(__file__).with_name("studies")
