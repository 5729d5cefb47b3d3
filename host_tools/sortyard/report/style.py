"""The one style sheet. Colours are Okabe and Ito's (2008), safe for colour-blind readers; shapes say the same."""

LIGHT = """
  --page: #f3f5f7; --card: #ffffff; --ink: #15202b; --soft: #55616e; --rule: #d9dfe6; --faint: #edf0f3;
  --sorted: #0072b2; --recirculated: #00875f; --rejected: #6b7682; --lost: #d04a02; --stray: #a3478f;
  --open: #15202b; --gate: #b98200; --gate-fill: #f5c542; --eye: #15202b; --good: #00704f; --bad: #b3261e;
  --bad-fill: #fdeceb; --belt: #c9d1d9; --belt-edge: #7d8994; --meter: #dfe5ea; --bar: #cfe3f2; --zone: #fff3cf;
"""
DARK = """
  --page: #0e1318; --card: #161d24; --ink: #e4eaf0; --soft: #9aa7b4; --rule: #2c3742; --faint: #1d262f;
  --sorted: #4ea8de; --recirculated: #34c79a; --rejected: #93a0ad; --lost: #ff8a4c; --stray: #dd8fcb;
  --open: #e4eaf0; --gate: #f0b429; --gate-fill: #a87800; --eye: #e4eaf0; --good: #3fd1a0; --bad: #ff8980;
  --bad-fill: #3a1f1f; --belt: #34414d; --belt-edge: #7e8c99; --meter: #26313b; --bar: #1f4766; --zone: #33301c;
"""

PAGE = """
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif; }
main, header, footer { max-width: 1244px; margin: 0 auto; padding: 0 16px; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 0 0 4px; }
h3 { font-size: 0.95rem; margin: 18px 0 6px; }
p { margin: 0 0 10px; max-width: 85ch; }
code, .mono { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.88em; }
a { color: var(--sorted); }
.soft { color: var(--soft); }
header { padding-top: 26px; padding-bottom: 6px; }
header .lead { font-size: 1.05rem; margin: 8px 0 12px; }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 14px 0 0; font-size: 0.9rem; }
section, .alarm { background: var(--card); border: 1px solid var(--rule); border-radius: 10px; padding: 18px;
  margin: 16px 0; }
.alarm { border: 2px solid var(--bad); background: var(--bad-fill); padding: 12px 18px; }
.alarm p { margin: 0; }
dl.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 6px 20px; margin: 14px 0 0;
  font-size: 0.88rem; }
dl.facts div { min-width: 0; }
dl.facts .wide { grid-column: 1 / -1; }
dt { color: var(--soft); font-size: 0.8rem; }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
.share { display: flex; height: 22px; border-radius: 5px; overflow: hidden; margin: 4px 0 8px; gap: 1px; }
.share span { display: block; min-width: 2px; }
.legend { max-width: none; display: flex;
  flex-wrap: wrap; gap: 2px 16px; font-size: 0.85rem; color: var(--soft); align-items: center; }
.legend svg { vertical-align: -4px; margin-right: 5px; }
.legend b { color: var(--ink); font-variant-numeric: tabular-nums; }
ul.never { list-style: none; margin: 10px 0 0; padding: 0; display: grid; gap: 8px;
  grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); }
ul.never li { border: 1px solid var(--rule); border-left: 4px solid var(--soft); border-radius: 6px;
  padding: 7px 10px; }
ul.never li.good { border-left-color: var(--good); }
ul.never li.bad { border-color: var(--bad); border-left-color: var(--bad); background: var(--bad-fill); }
ul.never b { font-size: 1.15rem; font-variant-numeric: tabular-nums; margin-right: 4px; }
ul.never .good-word { color: var(--good); } ul.never .bad-word { color: var(--bad); }
ul.never small { display: block; color: var(--soft); line-height: 1.35; }
.tiles { display: grid; grid-template-columns: repeat(auto-fill, minmax(180px, 1fr)); gap: 10px; margin: 6px 0 4px; }
.tile { border: 1px solid var(--rule); border-radius: 8px; padding: 10px 12px; min-width: 0; }
.tile h4 { margin: 0; font-size: 0.82rem; font-weight: 600; color: var(--soft); }
.tile .value { display: flex; flex-wrap: wrap; align-items: baseline; column-gap: 5px;
  font-size: 1.55rem; font-weight: 650; line-height: 1.25; font-variant-numeric: tabular-nums; }
.tile .value small { font-size: 0.8rem; font-weight: 400; color: var(--soft); white-space: nowrap; }
.tile .over { font-size: 0.78rem; line-height: 1.35; color: var(--soft); }
.tile .over b { color: var(--ink); font-weight: 600; font-variant-numeric: tabular-nums; }
.tile .over hr { border: 0; border-top: 1px solid var(--rule); margin: 3px 0; }
"""

TABLES = """
.scroll { overflow-x: auto; max-width: 100%; }
.scroll:focus-visible { outline: 2px solid var(--sorted); outline-offset: 2px; }
table { border-collapse: collapse; font-size: 0.88rem; font-variant-numeric: tabular-nums; min-width: 50%; }
caption { text-align: left; color: var(--soft); padding-bottom: 6px; }
th, td { padding: 3px 12px 3px 0; text-align: right; vertical-align: top; white-space: nowrap; }
th { color: var(--soft); font-weight: 600; border-bottom: 1px solid var(--rule); }
td { border-bottom: 1px solid var(--faint); }
th.text, td.text, tbody th { text-align: left; white-space: normal; overflow-wrap: break-word; max-width: 60ch; }
tbody th { color: var(--ink); font-weight: 600; border-bottom-color: var(--faint); }
td.bar { min-width: 150px; position: relative; }
td.bar i { position: absolute; left: 0; top: 3px; bottom: 3px; background: var(--bar); border-radius: 2px; z-index: 0; }
td.bar span { position: relative; z-index: 1; }
.columns { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 480px), 1fr)); gap: 0 16px; }
.packed { columns: 2 480px; column-gap: 16px; }
.packed section { break-inside: avoid; margin: 0 0 16px; }
.packed table { width: 100%; }
.columns > * { min-width: 0; }
"""

CHARTS = """
figure { margin: 8px 0 0; }
figcaption { font-size: 0.88rem; color: var(--soft); margin-bottom: 6px; max-width: 95ch; }
.chart { display: flex; overflow-x: auto; border: 1px solid var(--rule); border-radius: 6px; background: var(--card); }
.chart:focus-visible { outline: 2px solid var(--sorted); }
.chart svg { flex: none; display: block; }
.chart svg.axis { position: sticky; left: 0; background: var(--card); z-index: 1; }
svg text { font-size: 11px; fill: var(--ink); font-variant-numeric: tabular-nums; }
svg .soft, svg text.soft { fill: var(--soft); }
svg .small { font-size: 9.5px; }
svg .mid { text-anchor: middle; } svg .end { text-anchor: end; }
svg .grid { stroke: var(--rule); stroke-width: 1; }
svg .edge { stroke: var(--soft); stroke-width: 1; fill: none; }
svg .eye-line { stroke: var(--eye); stroke-width: 1; stroke-dasharray: 1 5; opacity: 0.45; }
svg .zone { fill: var(--zone); }
svg .gate { fill: var(--gate-fill); stroke: var(--gate); stroke-width: 1.2; fill-opacity: 0.8; }
svg .command { stroke: var(--gate); stroke-width: 1.5; }
svg .blocked { stroke: var(--eye); stroke-width: 2.6; fill: none; }
svg .confirmed { stroke: var(--good); stroke-width: 2.6; fill: none; }
svg .read { fill: var(--card); stroke: var(--ink); stroke-width: 1.1; }
svg .mark { fill: none; stroke: var(--bad); stroke-width: 1.3; }
svg .mark-line { stroke: var(--bad); stroke-width: 1.2; stroke-dasharray: 5 3; }
svg text.mark-text { fill: var(--bad); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
svg text.name { font-size: 9.5px; paint-order: stroke; stroke: var(--card); stroke-width: 2.5px; stroke-opacity: 0.8; }
svg .body { stroke-width: 1; fill-opacity: 0.3; }
svg .body:hover { fill-opacity: 0.6; stroke-width: 2; }
svg polygon.told { stroke-width: 2.6; fill-opacity: 0.5; }
svg text.told { font-weight: 700; font-size: 11px; }
.SORTED { fill: var(--sorted); stroke: var(--sorted); background: var(--sorted); }
.RECIRCULATED { fill: var(--recirculated); stroke: var(--recirculated); background: var(--recirculated); }
.REJECTED { fill: var(--rejected); stroke: var(--rejected); background: var(--rejected); }
.LOST { fill: var(--lost); stroke: var(--lost); background: var(--lost); }
.STRAY { fill: var(--stray); stroke: var(--stray); background: var(--stray); }
.OPEN { fill: none; stroke: var(--open); background: var(--open); }
svg .body.REJECTED { stroke-dasharray: 6 2; }
svg .body.LOST { stroke-dasharray: 5 2; }
svg .body.OPEN { fill: var(--open); fill-opacity: 0.07; stroke-opacity: 0.5; stroke-dasharray: 2 3; }
svg .glyph { stroke-width: 1.8; }
svg .glyph.hollow { fill: var(--card); }
svg .glyph.cross { fill: none; stroke-width: 2.4; }
svg .hist { fill: var(--sorted); }
svg .limit { stroke: var(--bad); stroke-width: 1.4; stroke-dasharray: 5 3; }
svg text.limit-text { fill: var(--bad); font-weight: 600; paint-order: stroke; stroke: var(--card);
  stroke-width: 3px; }
svg .belt { fill: var(--belt); stroke: var(--belt-edge); }
svg .metering { fill: var(--meter); stroke: var(--belt-edge); }
svg .arrow { fill: none; stroke: var(--belt-edge); stroke-width: 1.5; }
svg .chute { fill: var(--faint); stroke: var(--soft); }
svg .lane { fill: none; stroke: var(--meter); stroke-width: 9; }
svg .lane-edge { fill: none; stroke: var(--belt-edge); stroke-width: 11; }
svg .sweep { fill: var(--gate-fill); fill-opacity: 0.75; stroke: var(--gate); }
svg .blade { stroke: var(--ink); stroke-width: 2; fill: none; }
svg .wheel { fill: var(--card); stroke: var(--ink); }
svg .beam { stroke: var(--bad); stroke-width: 1.2; }
svg .lamp { fill: var(--bad); }
svg text.gate-name { fill: var(--gate); font-weight: 600; font-size: 10px; }
svg .window { fill: var(--sorted); fill-opacity: 0.16; stroke: none; }
svg .tunnel { fill: none; stroke: var(--sorted); stroke-width: 2; }
.layers { font-size: 0.85rem; color: var(--soft); display: inline-block; margin: 2px 12px 6px 2px; cursor: pointer; }
input.layer { accent-color: var(--sorted); margin: 0; vertical-align: -1px; }
input.layer-eyes:not(:checked) ~ .chart .eyes, input.layer-gates:not(:checked) ~ .chart .gates,
input.layer-reads:not(:checked) ~ .chart .reads, input.layer-names:not(:checked) ~ .chart .names { display: none; }
"""

STORIES = """
details.case { border-top: 1px solid var(--rule); padding: 8px 0; }
details.case > summary { cursor: pointer; overflow-wrap: anywhere; }
summary .kind { display: inline-block; border: 1px solid currentColor; border-radius: 4px; padding: 0 6px;
  font-size: 0.8rem; font-weight: 600; margin-right: 6px; }
.events td { border-bottom: 0; padding-top: 1px; padding-bottom: 1px; }
.events td.text { max-width: none; font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  font-size: 0.92em; }
.events tr.out td.text { color: var(--sorted); }
.events tr.now td { background: var(--zone); }
button { font: inherit; font-size: 0.85rem; color: var(--ink); background: var(--faint); cursor: pointer;
  border: 1px solid var(--rule); border-radius: 6px; padding: 3px 10px; }
#readout { position: fixed; z-index: 5; pointer-events: none; background: var(--ink); color: var(--card);
  padding: 1px 7px; border-radius: 4px; font-size: 0.78rem; font-variant-numeric: tabular-nums; display: none; }
footer { color: var(--soft); font-size: 0.85rem; padding-bottom: 30px; }
"""

NARROW = """
@media (max-width: 600px) {
  body { font-size: 14px; }
  main, header, footer { padding: 0 10px; }
  header { padding-top: 16px; }
  section { padding: 12px 10px; border-radius: 8px; }
  .tiles { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 7px; }
  .tile { padding: 8px 9px; }
  ul.never { grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); }
  td.bar { min-width: 70px; }
  th, td { padding-right: 9px; }
  .tile .value { font-size: 1.3rem; }
}
"""

PRINT = """
@page { size: A4 landscape; margin: 11mm; }
@media print {
  html { font-size: 11px; }
  body { background: #fff; font-size: 11px; }
  main, header, footer { max-width: none; padding: 0; }
  section { border: 0; padding: 0; margin: 12px 0; }
  nav, button, .layers, input.layer, #readout { display: none !important; }
  figure, .tile, ul.never li, tr, h2, h3, figcaption { break-inside: avoid; }
  h2, h3, figcaption { break-after: avoid; }
  .tiles { grid-template-columns: repeat(6, 1fr); }
  .scroll, .chart { overflow: visible; }
  .chart svg { flex: var(--grow) 1 0; min-width: 0; height: auto; }
  .packed { columns: 2; }
  .packed section { break-inside: auto; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
"""


def style_sheet() -> str:
    """Light, and dark where the reader's system asks for it; paper is always light."""
    return (
        f":root {{ color-scheme: light dark; {LIGHT} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {DARK} }} }}\n"
        f"{PAGE}{TABLES}{CHARTS}{STORIES}{NARROW}{PRINT}"
    )
