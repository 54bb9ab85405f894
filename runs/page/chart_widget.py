"""The chart of Solara, mended: it loads its script, and a visitor may open another tab meanwhile."""

# mypy: disable-error-code="assignment,no-untyped-call,misc"
# (Solara's own types are incomplete.)

from pathlib import Path

import traitlets
from solara.components import echarts

DRAW = "this.create();"
DRAW_IF_THERE = "if (this.$refs.echarts) { this.create(); }"


def mended() -> str:
    """Return Solara's template, which draws only where there still is something to draw on."""
    text = Path(echarts.__file__).with_name("echarts.vue").read_text(encoding="utf-8")
    return text.replace(DRAW, DRAW_IF_THERE)


class ChartWidget(echarts.EchartsWidget):
    """A chart of ECharts that can be taken off the page at any time."""

    template_file = None

    @traitlets.default("template")
    def _template(self) -> str:
        return mended()
