/*
 * html_page: what is the same on every page: its head, its style and its script. A page fetches
 * nothing, and its policy allows only this very style and this very script, by their digests: a
 * mark that slipped through would still not run. A test says the digests when they have to change.
 *
 * The colours are those of the text form: green adds, yellow changes, red removes, magenta replaces
 * or is left alone.
 */
#include "report/html.h"

#include <gitops/context.h>

#define STYLE_SHA256  "03vHfjJKEAqsX4WFvQf9hgv6Cv7dxPVrJlqJKGNGu1A="
#define SCRIPT_SHA256 "d3KSxXoM0vAh3s2bdBWuVdT1gsjMLRiPqz74ehdDWWg="

static const char *const style[] = {
    ":root{color-scheme:light dark;--bg:#f7f8fa;--card:#fff;--text:#1d2329;--faint:#5d6773;"
    "--line:#dce1e7;--focus:#0a63c9;"
    "--green:#176f2c;--green-bg:#e4f5e8;--yellow:#7d5600;--yellow-bg:#fdf3d0;"
    "--red:#b8242b;--red-bg:#fdeaea;--magenta:#8d2a8d;--magenta-bg:#f9e9f9}\n",
    "@media (prefers-color-scheme:dark){:root{--bg:#0e1217;--card:#151b22;--text:#d9dfe6;"
    "--faint:#8d98a5;--line:#2a323c;--focus:#6cb0ff;"
    "--green:#5fc977;--green-bg:#12281a;--yellow:#dfb445;--yellow-bg:#2b2410;"
    "--red:#ff8a82;--red-bg:#32171a;--magenta:#dc93dc;--magenta-bg:#2c1a2e}}\n",
    "*{box-sizing:border-box}\n",
    "[hidden]{display:none!important}\n",
    "body{margin:0 auto;padding:2.5rem 1.5rem 4rem;max-width:76rem;background:var(--bg);"
    "color:var(--text);font:15px/1.55 system-ui,sans-serif;overflow-wrap:anywhere}\n",
    "code,pre,.key,.place,.mark,td{font-family:ui-monospace,'SF Mono',Menlo,Consolas,"
    "'DejaVu Sans Mono',monospace;font-size:13px}\n",
    "h1{margin:0;font-size:1.75rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}\n",
    "h2{margin:2rem 0 .75rem;font-size:1.05rem;font-weight:600}\n",
    "h3{margin:1.5rem 0 .5rem;font-size:.8rem;font-weight:600;color:var(--faint);"
    "text-transform:uppercase;letter-spacing:.06em}\n",
    "a{color:inherit;text-decoration-color:var(--faint);text-underline-offset:2px}\n",
    ":focus-visible{outline:2px solid var(--focus);outline-offset:2px;border-radius:4px}\n",
    ".eyebrow{margin:0;color:var(--faint);font-size:.85rem}\n",
    ".facts{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:.9rem 0 0}\n",
    ".facts dt{color:var(--faint)}\n",
    ".facts dd{margin:0}\n",
    ".faint,.place{color:var(--faint)}\n",
    /* Totals: tiles that the script turns into filters. */
    ".counts{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.5rem 0 0;padding:0;list-style:none}\n",
    ".count{display:flex;gap:.5rem;align-items:baseline;padding:.4rem .8rem;font:inherit;"
    "color:var(--faint);background:var(--card);border:1px solid var(--line);border-radius:8px}\n",
    ".count b{color:var(--text);font-weight:600;font-variant-numeric:tabular-nums}\n",
    "button{font:inherit;color:inherit}\n",
    "button:enabled{cursor:pointer}\n",
    ".count[aria-pressed=true]{border-color:var(--focus);box-shadow:inset 0 0 0 1px "
    "var(--focus)}\n",
    ".create .mark,.adopt .mark,tbody.add .mark{color:var(--green)}\n",
    ".update .mark,.forget .mark,.transfer .mark,tbody.modify .mark{color:var(--yellow)}\n",
    ".delete .mark,tbody.remove .mark{color:var(--red)}\n",
    ".replace .mark,.none .mark,tbody.leave .mark{color:var(--magenta)}\n",
    ".mark{font-weight:700}\n",
    /* What stops the reader. */
    ".box{margin:1.5rem 0 0;padding:1rem 1.25rem;background:var(--card);border:1px solid "
    "var(--line);border-left:4px solid var(--red);border-radius:8px}\n",
    ".box h2{margin:0 0 .4rem}\n",
    ".box p{margin:.4rem 0}\n",
    ".box ul{margin:.4rem 0;padding-left:1.2rem}\n",
    ".box ul.plain{padding:0;list-style:none}\n",
    ".box pre{margin:.5rem 0 0;padding:.7rem .9rem;background:var(--bg);border:1px solid "
    "var(--line);border-radius:6px;white-space:pre-wrap;user-select:all}\n",
    /* Tools stay in sight while the list moves. */
    ".tools{position:sticky;top:0;z-index:1;display:flex;flex-wrap:wrap;gap:.6rem;"
    "align-items:center;margin:1.5rem -.5rem 0;padding:.6rem .5rem;background:var(--bg)}\n",
    ".tools input{flex:1 1 16rem;min-width:0;padding:.45rem .75rem;font:inherit;"
    "color:inherit;background:var(--card);border:1px solid var(--line);border-radius:8px}\n",
    ".tools button{padding:.45rem .8rem;background:var(--card);border:1px solid var(--line);"
    "border-radius:8px}\n",
    ".tools output{color:var(--faint);font-size:.85rem;min-width:9rem}\n",
    /* Operations. */
    "#operations h2{margin-top:1rem}\n",
    "article{margin:0 0 .4rem;background:var(--card);border:1px solid var(--line);"
    "border-radius:8px;overflow:hidden;scroll-margin-top:4.5rem;content-visibility:auto;"
    "contain-intrinsic-size:auto 44px}\n",
    "article:target{border-color:var(--focus);box-shadow:0 0 0 1px var(--focus)}\n",
    ".head{display:flex;flex-wrap:wrap;gap:.1rem .75rem;align-items:baseline;"
    "padding:.45rem .9rem .45rem 2.1rem;position:relative}\n",
    ".head>.mark{position:absolute;left:.9rem}\n",
    "summary{cursor:pointer;list-style:none}\n",
    "summary::-webkit-details-marker{display:none}\n",
    "summary:focus-visible{outline-offset:-2px}\n",
    ".fold{align-self:center;width:.45rem;height:.45rem;border:solid var(--faint);"
    "border-width:0 1.5px 1.5px 0;transform:rotate(-45deg)}\n",
    "details[open]>summary .fold{transform:rotate(45deg)}\n",
    ".key .part{color:var(--faint)}\n",
    ".key b{font-weight:600}\n",
    ".why{color:var(--faint);font-size:14px}\n",
    ".place{margin-left:auto;text-align:right;font-size:12px}\n",
    ".outcome{display:block;flex-basis:100%;font-size:14px}\n",
    ".outcome.failed,.outcome.unknown{color:var(--red)}\n",
    ".outcome.skipped{color:var(--yellow)}\n",
    /* Fields, side by side. */
    "table{width:100%;border-collapse:collapse;table-layout:fixed}\n",
    ".fields{border-top:1px solid var(--line)}\n",
    ".fields th{padding:.5rem .9rem .15rem 2.1rem;font-weight:400;text-align:left}\n",
    ".fields .field{display:flex;flex-wrap:wrap;gap:.1rem .6rem;align-items:baseline}\n",
    ".fields .field .mark{margin-left:-1.2rem;width:.6rem}\n",
    ".fields td{padding:0;vertical-align:top;border-left:1px solid var(--line)}\n",
    ".fields tr>td:first-child{border-left:0}\n",
    ".fields tbody+tbody tr:first-child>*{border-top:1px solid var(--line)}\n",
    ".fields th[scope=row]{padding-top:.3rem;padding-bottom:.3rem;vertical-align:top}\n",
    ".fields pre{margin:0;padding:.3rem .9rem;min-height:1.9rem;white-space:pre-wrap;"
    "line-height:1.5}\n",
    ".fields td:first-child pre{padding-left:2.1rem}\n",
    ".fields .line pre{padding-top:0;padding-bottom:0;min-height:1.5em}\n",
    ".fields tbody:last-child tr.line:last-child pre{padding-bottom:.3rem}\n",
    ".line .same{color:var(--faint)}\n",
    ".old{background:var(--red-bg)}\n",
    ".new{background:var(--green-bg)}\n",
    ".leave .old,.leave .new{background:var(--magenta-bg)}\n",
    ".note{padding:0 .45rem;font:12px/1.6 system-ui,sans-serif;color:var(--magenta);"
    "background:var(--magenta-bg);border-radius:10px}\n",
    ".vh{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}\n",
    /* The picture. */
    ".scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);"
    "border-radius:8px}\n",
    "svg text{fill:var(--text);font:12px system-ui,sans-serif}\n",
    "svg .phase{font-weight:600;font-size:11px;fill:var(--faint);letter-spacing:.04em}\n",
    "svg .kind{font-size:10.5px;fill:var(--faint)}\n",
    "svg .tier{fill:none;stroke:var(--line)}\n",
    "svg .flow,svg .edge{fill:none;stroke:var(--faint);stroke-width:1.2}\n",
    "svg .edge{stroke:var(--focus);opacity:.7}\n",
    "svg marker path{fill:var(--faint)}\n",
    "svg .node rect{fill:var(--bg);stroke:var(--line)}\n",
    "svg .node .mark{font:700 13px ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}\n",
    "svg .create rect,svg .adopt rect{fill:var(--green-bg);stroke:var(--green)}\n",
    "svg .update rect,svg .forget rect,svg .transfer rect{fill:var(--yellow-bg);"
    "stroke:var(--yellow)}\n",
    "svg .delete rect{fill:var(--red-bg);stroke:var(--red)}\n",
    "svg .replace rect{fill:var(--magenta-bg);stroke:var(--magenta)}\n",
    "svg .create .mark,svg .adopt .mark{fill:var(--green)}\n",
    "svg .update .mark,svg .forget .mark,svg .transfer .mark{fill:var(--yellow)}\n",
    "svg .delete .mark{fill:var(--red)}\n",
    "svg .replace .mark{fill:var(--magenta)}\n",
    "svg .node:hover rect,svg .node:focus rect{stroke-width:2}\n",
    "svg .node.dim{opacity:.25}\n",
    "footer{margin-top:3rem;color:var(--faint);font-size:.85rem}\n",
    "@media (max-width:44rem){body{padding:1.25rem .75rem}.place{margin-left:0}}\n",
    "@media (prefers-reduced-motion:no-preference){html{scroll-behavior:smooth}}\n",
    "@media print{:root{--bg:#fff}body{max-width:none;padding:0;font-size:11px}"
    ".tools,.fold{display:none}article{break-inside:avoid;content-visibility:visible}"
    ".scroll{overflow:visible;border:0}svg{max-width:100%;height:auto}"
    "*{print-color-adjust:exact;-webkit-print-color-adjust:exact}}\n",
};

/*
 * Search and filters over what is on the page; "/" goes to the search, Escape clears it, j and k
 * walk through the operations. Without a script everything can be read and folded all the same.
 */
static const char *const script[] = {
    "(() => {\n",
    "'use strict';\n",
    "const all = (what, within) => Array.from((within || document).querySelectorAll(what));\n",
    "const one = id => document.getElementById(id);\n",
    "const find = one('find'), found = one('found'), fold = one('fold');\n",
    "const articles = all('article'), groups = all('.group'), chips = all('button.count');\n",
    "const nodes = all('.node'), texts = new Map();\n",
    "const text = a => {\n",
    "  if (!texts.has(a)) texts.set(a, a.textContent.toLowerCase());\n",
    "  return texts.get(a);\n",
    "};\n",
    "const pressed = chip => chip.getAttribute('aria-pressed') === 'true';\n",
    "const filter = () => {\n",
    "  const words = find.value.toLowerCase().split(/\\s+/).filter(Boolean);\n",
    "  const classes = chips.filter(pressed).map(chip => chip.dataset.only);\n",
    "  let shown = 0;\n",
    "  for (const a of articles) {\n",
    "    const is = name => a.classList.contains(name);\n",
    "    const fits = (!classes.length || classes.some(is)) &&\n",
    "      words.every(word => text(a).includes(word));\n",
    "    a.hidden = !fits;\n",
    "    shown += fits;\n",
    "  }\n",
    "  for (const g of groups) g.hidden = !all('article', g).some(a => !a.hidden);\n",
    "  for (const n of nodes) {\n",
    "    const a = one(n.getAttribute('href').slice(1));\n",
    "    n.classList.toggle('dim', Boolean(a && a.hidden));\n",
    "  }\n",
    "  found.value = shown === articles.length ? '' : shown + ' of ' + articles.length;\n",
    "};\n",
    "const clear = () => {\n",
    "  find.value = '';\n",
    "  for (const chip of chips) chip.setAttribute('aria-pressed', 'false');\n",
    "  filter();\n",
    "};\n",
    "const walk = step => {\n",
    "  const shown = articles.filter(a => !a.hidden);\n",
    "  const at = shown.indexOf(document.activeElement.closest('article'));\n",
    "  const a = shown[at < 0 ? (step > 0 ? 0 : shown.length - 1) : at + step];\n",
    "  if (!a) return;\n",
    "  const head = a.querySelector('summary') || a;\n",
    "  if (head === a) a.tabIndex = -1;\n",
    "  head.focus({preventScroll: true});\n",
    "  a.scrollIntoView({block: 'nearest'});\n",
    "};\n",
    "const unfold = open => { for (const d of all('details')) d.open = open; };\n",
    "find.addEventListener('input', filter);\n",
    "fold.addEventListener('click', () => unfold(!all('details').some(d => d.open)));\n",
    "for (const chip of chips) {\n",
    "  chip.disabled = false;\n",
    "  chip.setAttribute('aria-pressed', 'false');\n",
    "  chip.addEventListener('click', () => {\n",
    "    chip.setAttribute('aria-pressed', String(!pressed(chip)));\n",
    "    filter();\n",
    "  });\n",
    "}\n",
    "addEventListener('keydown', event => {\n",
    "  if (event.ctrlKey || event.metaKey || event.altKey) return;\n",
    "  if (event.key === 'Escape') { clear(); find.blur(); return; }\n",
    "  if (event.target === find) return;\n",
    "  if (event.key === '/') { event.preventDefault(); find.focus(); }\n",
    "  if (event.key === 'j') walk(1);\n",
    "  if (event.key === 'k') walk(-1);\n",
    "});\n",
    "addEventListener('hashchange', () => {\n",
    "  const a = one(location.hash.slice(1));\n",
    "  if (a && a.hidden) { clear(); a.scrollIntoView(); }\n",
    "});\n",
    "addEventListener('beforeprint', () => unfold(true));\n",
    "one('tools').hidden = articles.length === 0;\n",
    "})();\n",
};

static void put_all(gops_writer *out, const char *const *pieces, size_t count)
{
    for (size_t i = 0; i < count; i++)
        gops_writer_puts(out, pieces[i]);
}

void gops_html_begin(gops_writer *out, const char *what, const char *unit)
{
    gops_writer_puts(
        out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src "
             "'none'; style-src 'sha256-" STYLE_SHA256 "'; script-src 'sha256-" SCRIPT_SHA256
             "'; base-uri 'none'; form-action 'none'\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, "
             "initial-scale=1\">\n<meta name=\"color-scheme\" content=\"light dark\">\n"
             "<title>");
    gops_writer_puts(out, what);
    gops_writer_puts(out, " of ");
    gops_writer_html(out, unit);
    gops_writer_puts(out, "</title>\n<style>");
    put_all(out, style, sizeof style / sizeof style[0]);
    gops_writer_puts(out, "</style>\n</head>\n<body>\n");
}

void gops_html_end(gops_writer *out)
{
    gops_writer_puts(out, "<script>");
    put_all(out, script, sizeof script / sizeof script[0]);
    gops_writer_puts(out, "</script>\n</body>\n</html>\n");
}
