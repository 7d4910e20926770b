// Draws the overview's charts from the data beside them. All words come from the page; each chart's
// table is what a screen reader is given.

const drawn = new Map();

function token(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function look() {
  return {
    bar: token("--accent"),
    line: token("--line"),
    faint: token("--text-faint"),
    text: token("--text"),
    surface: token("--surface"),
    border: token("--line-strong"),
    sunken: token("--surface-sunken"),
    font: getComputedStyle(document.body).fontFamily,
  };
}

// Amounts on an axis are short: 1.2K, 3万.
function shortAmount(digits) {
  const format = new Intl.NumberFormat(document.documentElement.lang, { notation: "compact", maximumFractionDigits: 1 });
  return (minor) => format.format(minor / 10 ** digits);
}

function options(data, narrow) {
  const style = look();
  const lying = data.kind === "lying";
  const words = { color: style.faint, fontFamily: style.font, fontSize: 12 };
  const names = {
    type: "category",
    data: data.labels,
    inverse: lying,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: style.line } },
    axisLabel: { ...words, hideOverlap: true, ...(lying ? { width: narrow ? 96 : 150, overflow: "break", lineHeight: 14, color: style.text } : {}) },
  };
  const amounts = {
    type: "value",
    splitNumber: narrow || lying ? 3 : 4,
    splitLine: { lineStyle: { color: style.line } },
    axisLabel: { ...words, hideOverlap: true, formatter: shortAmount(data.digits) },
  };
  return {
    animation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
    animationDuration: 180,
    animationDurationUpdate: 180,
    grid: { left: 4, right: lying ? 16 : 4, top: 12, bottom: 4, outerBoundsMode: "same", outerBoundsContain: "axisLabel" },
    xAxis: lying ? amounts : names,
    yAxis: lying ? names : amounts,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow", shadowStyle: { color: style.sunken, opacity: 0.6 } },
      confine: true,
      renderMode: "richText", // drawn, not written as HTML: reasons and names stay text
      backgroundColor: style.surface,
      borderColor: style.border,
      textStyle: { color: style.text, fontFamily: style.font, fontSize: 13, lineHeight: 20 },
      formatter: ([point]) => data.texts[point.dataIndex].join("\n"),
    },
    series: [{
      type: "bar",
      data: data.values,
      barMaxWidth: lying ? 18 : 36,
      barMinHeight: 0,
      itemStyle: { color: style.bar, borderRadius: lying ? [0, 3, 3, 0] : [3, 3, 0, 0] },
      emphasis: { disabled: true },
    }],
  };
}

function draw(place, animates) {
  const data = JSON.parse(document.getElementById(place.dataset.plot).textContent);
  if (data.kind === "lying") place.style.height = `${Math.max(6, 3 + 2.5 * data.labels.length)}rem`;
  const chart = echarts.init(place, null, { renderer: "canvas" });
  const drawing = options(data, place.clientWidth < 420);
  chart.setOption(animates ? drawing : { ...drawing, animation: false });
  drawn.set(place, chart);
}

function drawAll(animates) {
  for (const [place, chart] of drawn) {
    chart.dispose();
    drawn.delete(place);
  }
  for (const place of document.querySelectorAll("[data-plot]")) draw(place, animates);
}

// News replaces the page's figures, and the theme its colours: both draw anew, without a show.
document.addEventListener("htmx:afterSwap", () => drawAll(false));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => drawAll(false));
new MutationObserver(() => drawAll(false)).observe(document.documentElement, { attributeFilter: ["data-theme"] });

let width = innerWidth;
addEventListener("resize", () => {
  if (innerWidth === width) return; // a phone's bars come and go
  width = innerWidth;
  for (const chart of drawn.values()) chart.resize();
});

drawAll(true);
