"""How a report looks: one style sheet for light, dark, narrow and printed pages."""

from __future__ import annotations

# Series take the Okabe-Ito colours (Okabe and Ito 2008, "Color Universal Design"), darkened or lightened to
# stand out from the page; health runs from orange to blue, which every kind of colour vision tells apart.
_LIGHT = """
color-scheme: light;
--paper: #ffffff; --page: #f5f6f8; --ink: #1c2530; --soft: #566273; --rule: #d9dee5; --grid: #e6e9ee;
--accent: #005a94; --strong: #0072b2; --plain: #9fb3c4; --good: #00694c; --bad: #a63d00; --wash: #eef4f9;
--land: #e9f3ec; --land-edge: #7da98b; --surround: #f4f9f5; --track: #e3e7ec;
--s0: #0072b2; --s1: #d55e00; --s2: #008a64; --s3: #b0568a; --s4: #946c00; --s5: #3d93c4; --s6: #4a4f57;
--s7: #7a5bb0;
--h0: #b34700; --h1: #e08a3c; --h2: #a8a8a0; --h3: #5a9fd0; --h4: #005a9c; --h-unknown: #8a94a1;
"""
_DARK = """
color-scheme: dark;
--paper: #171c23; --page: #0f1318; --ink: #e6eaf0; --soft: #a3afbd; --rule: #333c48; --grid: #2a323c;
--accent: #7cc0ee; --strong: #56b4e9; --plain: #55677a; --good: #4fd1a5; --bad: #ffa366; --wash: #1c2630;
--land: #1d2b23; --land-edge: #5d8a6c; --surround: #18211c; --track: #2e3742;
--s0: #56b4e9; --s1: #ff8c42; --s2: #2fc79a; --s3: #e29bc6; --s4: #e6b93c; --s5: #9ad4f5; --s6: #c3cad3;
--s7: #b79bea;
--h0: #ff8534; --h1: #d9a066; --h2: #8f8f88; --h3: #6fa8d6; --h4: #35a0f0; --h-unknown: #7b8694;
"""

_PAGE = """
*, *::before, *::after { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
main, body > header, body > footer { max-width: 1120px; margin: 0 auto; padding: 0 1.25rem; }
body > header { padding-top: 2.25rem; }
body > footer { padding-bottom: 2.5rem; color: var(--soft); font-size: .875rem; }
h1 { font-size: clamp(1.5rem, 1.1rem + 2vw, 2.25rem); line-height: 1.2; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .35rem; }
h3 { font-size: 1.05rem; margin: 0 0 .25rem; }
h1, h2, h3, p, dd, li, figcaption { overflow-wrap: anywhere; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.eyebrow { color: var(--soft); font-size: .875rem; letter-spacing: .02em; margin: 0 0 .35rem; }
.shows { font-size: 1.1rem; max-width: 46rem; margin: 0 0 .5rem; }
.lesson { color: var(--soft); max-width: 46rem; margin: 0; }
.verdict { display: inline-block; margin: 1rem 0 0; padding: .3rem .8rem; border-radius: 1rem; font-weight: 600;
  border: 1.5px solid currentColor; }
.cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .75rem;
  margin: 1.25rem 0 0; }
.card { background: var(--paper); border: 1px solid var(--rule); border-radius: .6rem; padding: .8rem 1rem; }
.card dt { color: var(--soft); font-size: .875rem; }
.card dd { margin: 0; }
.card .big { font-size: 1.6rem; line-height: 1.25; font-weight: 650; font-variant-numeric: tabular-nums; }
.card .small { color: var(--soft); font-size: .8125rem; }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(10.5rem, 1fr)); gap: .4rem 1.5rem;
  margin: 1.25rem 0 0; padding: 1rem 0 0; border-top: 1px solid var(--rule); font-size: .875rem; }
.facts dt { color: var(--soft); }
.facts dd { margin: 0; font-variant-numeric: tabular-nums; }
.facts .wide { grid-column: 1 / -1; }
code { font: .875em ui-monospace, "Cascadia Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  overflow-wrap: anywhere; }
nav.contents { margin: 1.25rem 0 0; }
nav.contents ol { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; list-style: none; padding: 0; margin: 0; }
main > section { background: var(--paper); border: 1px solid var(--rule); border-radius: .75rem;
  margin: 1.5rem 0; padding: 1.4rem 1.5rem; }
.lead { max-width: 48rem; margin: 0 0 1rem; }
figure { margin: 1.5rem 0 0; }
figcaption { font-weight: 600; margin: 0 0 .35rem; }
.summary { color: var(--soft); font-size: .875rem; max-width: 48rem; margin: .35rem 0 0; }
.note { color: var(--soft); font-size: .875rem; margin: .35rem 0 0; }
.scroll { overflow-x: auto; margin: .5rem 0 0; }
table { border-collapse: collapse; font-size: .9rem; min-width: 50%; }
caption { text-align: left; font-weight: 600; padding: .25rem 0 .4rem; }
th, td { text-align: left; padding: .35rem .9rem .35rem 0; border-bottom: 1px solid var(--rule);
  vertical-align: top; min-width: 3.2rem; }
td:not(.number), tbody th { min-width: 5.5rem; max-width: 30rem; overflow-wrap: break-word; }
td:last-child:not(.number) { min-width: 9rem; }
thead th { color: var(--soft); font-weight: 600; border-bottom-width: 2px; vertical-align: bottom; }
tbody th { font-weight: 500; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
td.number, tbody th.number { white-space: nowrap; }
details { margin: .5rem 0 0; font-size: .95rem; }
summary { cursor: pointer; color: var(--accent); font-size: .875rem; padding: .2rem 0; }
.pass { color: var(--good); font-weight: 650; white-space: nowrap; }
.fail { color: var(--bad); font-weight: 650; white-space: nowrap; }
.unknown { color: var(--soft); font-weight: 650; white-space: nowrap; }
.recursion { padding: 1.25rem 0 0; margin: 1.25rem 0 0; border-top: 1px solid var(--rule); }
.recursion:first-of-type { border-top: 0; padding-top: .25rem; margin-top: 0; }
.crumbs ol { display: flex; flex-wrap: wrap; gap: .2rem .5rem; list-style: none; margin: 0 0 .4rem; padding: 0; }
.crumbs li + li::before { content: "›"; color: var(--soft); margin-right: .5rem; }
.crumbs [aria-current] { font-weight: 650; }
.one-level .recursion:not(.current) { display: none; }
.one-level .recursion { border-top: 0; padding-top: 0; margin-top: .5rem; }
@media (max-width: 640px) {
  main, body > header, body > footer { padding-left: .75rem; padding-right: .75rem; }
  main > section { padding: 1rem .85rem; }
  tbody th { max-width: 10.5rem; overflow-wrap: anywhere; }
  .card .big { font-size: 1.3rem; }
}
"""

# Also for a figure that is shown by itself, for instance in a notebook.
_FIGURE = """
svg.chart, svg.diagram, svg.thread { display: block; width: 100%; height: auto; overflow: visible;
  font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, "DejaVu Sans", sans-serif; }
svg.chart { min-width: 540px; max-width: 960px; }
svg.diagram { min-width: 760px; }
svg.thread { min-width: 620px; max-width: 960px; }
svg text { fill: var(--ink); }
svg .tick, svg .soft, svg .axis-title, svg .channel-name { fill: var(--soft); }
svg .axis-title, svg .name, svg .numeral, svg .wrong, svg .more, svg .way { font-weight: 600; }
svg .tick, svg .value { font-variant-numeric: tabular-nums; }
svg .wrong { fill: var(--bad); font-weight: 700; }
svg.diagram text { paint-order: stroke; stroke: var(--halo, transparent); stroke-width: 4px; }
svg .box ~ text, svg .channel-name { --halo: var(--paper); }
svg .grid { stroke: var(--grid); }
svg .axis { stroke: var(--soft); stroke-width: 1.2; }
svg .reference { stroke: var(--ink); stroke-dasharray: 2 4; }
svg .mark { stroke: var(--soft); stroke-dasharray: 5 4; }
svg .warmup { fill: var(--soft); fill-opacity: .13; }
svg .span { fill: var(--bad); fill-opacity: .12; }
svg .lane { stroke: var(--grid); }
svg .stretch { stroke: var(--paper); stroke-width: .6; }
svg .happening { fill: var(--ink); stroke: var(--paper); stroke-width: 1; }
svg .line { fill: none; stroke-width: 2.2; stroke-linejoin: round; stroke-linecap: round; }
svg .thin { stroke-width: 1; }
svg .leader { fill: none; stroke-width: 1; }
svg .area { fill-opacity: .5; stroke-width: 1.5; stroke-linejoin: round; }
svg .band { fill: var(--s0); fill-opacity: .17; }
svg .bar.plain, svg .dot.plain { fill: var(--plain); }
svg .bar.strong, svg .dot.strong { fill: var(--strong); }
svg .value.strong { font-weight: 700; }
svg .stem { stroke: var(--plain); stroke-width: 1.5; stroke-dasharray: 1 3; }
svg .whisker { fill: none; stroke: var(--ink); stroke-width: 1.5; }
svg .missing { font-style: italic; }
svg .surround { fill: var(--surround); stroke: var(--land-edge); stroke-dasharray: 3 4; }
svg .amoeba { fill: var(--land); stroke: var(--land-edge); stroke-width: 1.6; }
svg .operation { fill: var(--paper); stroke: var(--soft); stroke-width: 1.4; }
svg .outer { fill: none; stroke: var(--soft); stroke-width: 1.4; }
svg .track { fill: none; stroke: var(--track); stroke-width: 8; }
svg .ring { fill: none; stroke-width: 8; }
svg .legend .track, svg .legend .ring { stroke-width: 4; }
svg .box { fill: var(--paper); stroke: var(--ink); stroke-width: 1.6; stroke-linejoin: round; }
svg .box.control, svg .box.coordination { stroke-width: 2.4; }
svg .box.out { stroke: var(--bad); stroke-dasharray: 5 4; }
svg .struck { stroke: var(--bad); stroke-width: 2.4; }
svg .channel path { fill: none; stroke: var(--channel, var(--soft)); }
svg .channel .head { fill: var(--channel, var(--soft)); stroke: none; }
svg .env_op, svg .op_env { --channel: var(--land-edge); }
svg .bargain, svg .account, svg .intervene { --channel: var(--s0); }
svg .s2 { --channel: var(--s4); }
svg .s3star { --channel: var(--s3); }
svg .s3_s4, svg .s4_s3, svg .s34_s5, svg .s5_34 { --channel: var(--s0); }
svg .env_s4, svg .s4_env { --channel: var(--s2); }
svg .algedonic { --channel: var(--s1); }
svg .channel.cut { --channel: var(--bad); }
svg.alarmed .algedonic path { stroke-width: 7px; }
svg .alarm-ring { fill: none; stroke: var(--s1); stroke-width: 7; }
svg .alarm-ring.pleasure { stroke: var(--s2); stroke-width: 4; }
svg .alarm-word { fill: var(--bad); font-weight: 800; }
svg .alarm-word.pleasure { fill: var(--good); }
svg .sample { stroke: var(--soft); fill: none; }
svg .upwards { stroke: var(--soft); stroke-width: 1.6; }
svg .mark-inside { fill: var(--paper); stroke: var(--accent); stroke-width: 1.5; }
svg .thread-line { stroke: var(--plain); stroke-width: 1.6; }
svg .thread-dot { fill: var(--strong); stroke: var(--paper); stroke-width: 1.5; }
svg .thread-fact { fill: var(--paper); stroke: var(--strong); stroke-width: 1.6; }
svg .thread-back { fill: transparent; }
svg .thread-focus { fill: var(--wash); stroke: var(--accent); stroke-width: 1.2; }
svg .thread-event { cursor: pointer; }
svg .thread-event:hover .thread-back, svg .thread-event:focus-visible .thread-back { fill: var(--wash); }
svg a text { fill: var(--accent); }
svg a .soft, svg a .label { fill: var(--ink); }
svg a .name, svg a .way { text-decoration: underline; }
svg a:hover .operation { fill: var(--wash); }
"""

_PRINT = """
@media print {
  body { font-size: 10.5pt; background: #fff; }
  main > section { border: 0; padding: 0; margin: 1.2rem 0; }
  figure, tr, .card, .recursion > div { break-inside: avoid; }
  h2, h3, figcaption, caption { break-after: avoid; }
  .one-level .recursion:not(.current) { display: block; }
  .scroll { overflow: visible; }
  svg.chart, svg.diagram { min-width: 0; max-width: 100%; max-height: 22cm; }
  a { color: inherit; }
}
"""


def _series() -> str:
    parts = []
    for k in range(8):
        parts.append(f"svg .line.s{k}, svg .leader.s{k} {{ stroke: var(--s{k}); }}")
        parts.append(f"svg .area.s{k} {{ fill: var(--s{k}); stroke: var(--s{k}); }}")
        parts.append(f"svg .stretch.s{k} {{ fill: var(--s{k}); }}")
        parts.append(f"svg .label.s{k} {{ fill: var(--s{k}); font-weight: 600; }}")
    for step in ("0", "1", "2", "3", "4", "-unknown"):
        parts.append(f"svg .ring.h{step} {{ stroke: var(--h{step}); }}")
        parts.append(f"svg .chip.h{step} {{ fill: var(--h{step}); }}")
    return "\n".join(parts)


def figure_style() -> str:
    """The style sheet of charts and diagrams alone, light or dark as the reader's screen is."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{ :root {{{_DARK}}} }}"
    return f":root {{{_LIGHT}}}\n{dark}\n{_FIGURE}{_series()}"


def page_style() -> str:
    """The style sheet of a whole report."""
    return f"{figure_style()}\n{_PAGE}{_PRINT}"


def colours(*, dark: bool) -> str:
    """The colours as custom properties, without a rule around them: for pages that choose light or dark themselves."""
    return _DARK if dark else _LIGHT


def figure_rules() -> str:
    """The rules of charts and diagrams alone, for pages that have the colours already."""
    return f"{_FIGURE}{_series()}"
