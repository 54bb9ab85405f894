"""Write the pages about biology from code and tables, as the build does: python docs/make_biology.py."""

import sys
from pathlib import Path

HERE = Path(__file__).parent
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))

from writing import environment, mechanisms  # noqa: E402


def write(folder: Path = HERE / "biology") -> None:
    """Write all generated pages."""
    mechanisms.write_pages(folder / "mechanisms")
    environment.write_pages(folder)


if __name__ == "__main__":
    write()
