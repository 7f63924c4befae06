"""How the live page looks, beyond what every page has."""

from __future__ import annotations

from functools import cache
from typing import Final

from vsmlab.lab.report.style import colours

_LIVE: Final = """
.controls { display: grid; grid-template-columns: auto minmax(15rem, 1fr) minmax(13rem, 20rem); gap: .5rem 1.5rem;
  align-items: center; padding: .8rem 1.1rem; margin: 0; }
.top { position: sticky; top: 0; z-index: 5; margin: 0 0 1rem; background: var(--page); }
.top > * { box-shadow: 0 2px 8px rgb(0 0 0 / .07); border-radius: .75rem; }
.told .message { margin: .4rem 0 0; }
.lead { display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; align-items: baseline; justify-content: space-between;
  margin: 0 0 .8rem; }
.lead > :first-child { max-width: 52rem; margin: 0; }
.lead p { margin: 0; }
.shows summary { color: var(--soft); font-size: 1rem; list-style: none; padding: 0; }
.shows summary::-webkit-details-marker { display: none; }
.shows .more { color: var(--accent); white-space: nowrap; }
.shows[open] .more { display: none; }
[data-part=messages], [data-part=thread], [data-part=choice] { scroll-margin-top: 10.4rem; }
[data-part=choice]:focus { outline: none; }
[data-part=choice]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.beside { position: sticky; top: 10.2rem; max-height: calc(100vh - 10.7rem); overflow-y: auto; }
.deeds button[aria-disabled=true] { opacity: .55; }
.events li { padding: .1rem 0; }
button.row-of { white-space: normal; text-align: left; justify-content: flex-start; font-weight: 400;
  color: var(--ink); }
button.row-of .when { color: var(--soft); font-variant-numeric: tabular-nums; margin-right: .4rem; }
button.row-of:hover { color: var(--accent); }
.swatch.gone { background-clip: content-box; border: 2px dotted var(--soft); padding: 1px; }
.controls .counts { grid-column: 1 / -1; font-variant-numeric: tabular-nums; }
.time { display: grid; grid-template-columns: auto 1fr; gap: .1rem .7rem; align-items: baseline; }
.time progress { grid-column: 1 / -1; }
.clock { font-size: 1.35rem; font-weight: 650; font-variant-numeric: tabular-nums; min-width: 6.2rem; }
.controls button { min-width: 4.4rem; }
.dial { display: grid; grid-template-columns: 1fr auto; gap: 0 .8rem; margin: .35rem 0 .55rem; align-items: baseline; }
.dial input { grid-column: 1 / -1; width: 100%; padding: 0; border: 0; background: transparent;
  accent-color: var(--accent);
  height: 1.5rem; }
.dial output { font-variant-numeric: tabular-nums; font-weight: 600; font-size: .9rem; }
.dial .small { grid-column: 1 / -1; line-height: 1.35; }
.dial.speed { margin: 0; }
.alarms { min-height: 0; }
.alarm { background: var(--bad); color: var(--paper); font-weight: 700; border-radius: .45rem; padding: .5rem .9rem;
  margin: 0 0 1rem; }
.stage { display: grid; grid-template-columns: minmax(0, 1fr) minmax(18rem, 23rem); gap: 1.25rem; align-items: start; }
.stage > .panel { padding: .9rem 1.1rem; }
.stage svg.diagram { max-height: 56rem; min-width: 620px; }
.stage .spread { align-items: center; margin-bottom: .4rem; }
.stage .crumbs ol { margin: 0; }
.stage h2 { font-size: 1.08rem; }
.stage h3 { font-size: .92rem; margin: .6rem 0 .35rem; }
.deeds { gap: .4rem; margin-bottom: .4rem; }
.deeds button { padding: .26rem .6rem; font-size: .85rem; }
.acts { max-height: 16rem; overflow-y: auto; font-size: .9rem; }
.acts .when { color: var(--soft); font-variant-numeric: tabular-nums; }
svg.diagram [role=button], svg.diagram .channel, svg.diagram a { cursor: pointer; }
svg.diagram .note-of { cursor: pointer; }
svg.diagram .note-of:hover text { fill: var(--accent); text-decoration: underline; }
svg.diagram .channel .hit { stroke: transparent; stroke-width: 14px; }
svg.diagram .channel:hover path:not(.hit):not(.head) { stroke: var(--accent); }
svg.diagram [role=button]:hover .box, svg.diagram [role=button]:hover .operation,
svg.diagram [role=button]:hover .surround, svg.diagram [aria-pressed=true] .box,
svg.diagram [aria-pressed=true] .operation, svg.diagram [aria-pressed=true] .surround {
  fill: var(--wash); stroke: var(--accent); stroke-width: 3px; }
svg.diagram .channel[aria-pressed=true], svg.diagram .channel[data-pressed=true] { --channel: var(--accent); }
svg.diagram.alarmed .channel.algedonic { --channel: var(--s1); }
svg.diagram [role=button]:focus { outline: none; }
svg.diagram [role=button]:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.legends { font-size: .875rem; margin: .2rem 0 .6rem; }
.legend { display: flex; flex-wrap: wrap; gap: .2rem .8rem; align-items: baseline; }
.legend ul { display: flex; flex-wrap: wrap; gap: .2rem 1rem; list-style: none; margin: 0; padding: 0; }
.swatch { display: inline-block; width: .8rem; height: .8rem; border-radius: .2rem; margin-right: .35rem;
  vertical-align: -.08rem; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(24rem, 100%), 1fr)); gap: .4rem 1.4rem; }
.plot { margin: 0 0 .5rem; min-width: 0; }
.plot figcaption { font-size: .9rem; margin: 0; }
.slot { height: 172px; overflow: hidden; position: relative; }
.tall { max-height: 22rem; overflow: auto; }
.tall thead th { position: sticky; top: 0; background: var(--paper); }
.tall td { padding-top: .1rem; padding-bottom: .1rem; vertical-align: baseline; }
.tree { list-style: none; margin: 0; padding: 0; }
.tree .tree { border-left: 2px solid var(--rule); margin-left: .6rem; padding-left: .9rem; }
.tree li { padding: .12rem 0; }
.tree .new { color: var(--good); font-weight: 650; }
@media (max-width: 1000px) {
  .stage { grid-template-columns: minmax(0, 1fr); }
  .controls { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
  .top { display: contents; }
  .controls { margin: 0 0 .6rem; }
  .told { position: sticky; top: 0; z-index: 5; }
  .told .message { margin: 0 0 .6rem; }
  .beside { position: static; max-height: none; }
  [data-part=messages], [data-part=thread], [data-part=choice] { scroll-margin-top: 4.5rem; }
  .controls > .row { grid-column: 1 / -1; }
}
@media (max-width: 560px) { .controls { grid-template-columns: minmax(0, 1fr); } }
"""


@cache
def live_style() -> str:
    """The style sheet of the live page."""
    return _LIVE + "\n".join(f".swatch.s{n} {{ background: var(--s{n}); }}" for n in range(8))


@cache
def cell_style() -> str:
    """The colours themselves, for a notebook's cell: light or dark as JupyterLab is."""
    light, dark = colours(dark=False), colours(dark=True)
    return f":host {{ {light} }}\n:host-context([data-jp-theme-light=false]) {{ {dark} }}\n"
