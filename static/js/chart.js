// Draws the charts of a page from the JSON in an attribute of each canvas, in the colours of the current theme.
(() => {
  "use strict";
  const SERIES = ["--sk-link", "--sk-danger-fill", "--sk-info", "--sk-warning", "--sk-success", "--sk-muted", "--sk-gate-mark", "--sk-edge", "--sk-danger-deep"];
  const drawn = new Map();

  // A custom property holds light-dark(…); only a real property gives back the colour that it stands for now.
  const colour = (name) => {
    const probe = document.createElement("i");
    probe.style.color = `var(${name})`;
    document.body.append(probe);
    const value = getComputedStyle(probe).color;
    probe.remove();
    return value;
  };
  const faint = (value) => value.replace(/^rgb\((.+)\)$/, "rgba($1, 0.15)");

  const datasets = (plan, round) => plan.series.map((series, index) => {
    const line = round ? plan.labels.map((_, at) => colour(SERIES[at % SERIES.length])) : colour(SERIES[index % SERIES.length]);
    const area = plan.kind === "line" ? faint(line) : line;
    return { label: series.label, data: series.values, borderColor: round ? colour("--sk-surface") : line, backgroundColor: area,
      borderWidth: plan.kind === "bar" ? 0 : 2, pointRadius: 2, tension: 0.25, fill: plan.kind === "line" && plan.series.length === 1, maxBarThickness: 40 };
  });
  const draw = (canvas) => {
    const plan = JSON.parse(canvas.dataset.chart);
    const round = plan.kind === "doughnut";
    const grid = { color: colour("--sk-line") };
    const ticks = { color: colour("--sk-muted") };
    drawn.get(canvas)?.destroy();
    drawn.set(canvas, new Chart(canvas, {
      type: plan.kind,
      data: { labels: plan.labels, datasets: datasets(plan, round) },
      options: {
        responsive: true, maintainAspectRatio: false, animation: false,
        interaction: { mode: round ? "nearest" : "index", intersect: round },
        scales: round ? {} : { x: { stacked: Boolean(plan.stacked), grid: { display: false }, ticks }, y: { stacked: Boolean(plan.stacked), beginAtZero: true, grid, ticks, title: { display: Boolean(plan.unit), text: plan.unit, color: ticks.color } } },
        plugins: { legend: { display: round || plan.series.length > 1, position: "bottom", labels: { color: colour("--sk-ink"), boxWidth: 12 } } },
      },
    }));
  };
  const start = (canvas) => {
    const figure = canvas.closest("figure");
    figure.querySelector(".chart-area").hidden = false;
    figure.querySelector(".chart-numbers").open = false; // the table stood in for the picture until now
    draw(canvas);
  };

  Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
  Chart.defaults.font.size = 13;
  const all = () => document.querySelectorAll("canvas[data-chart]");
  all().forEach(start);
  document.addEventListener("sekisho:theme", () => all().forEach(draw));
  document.addEventListener("htmx:load", (event) => event.target.querySelectorAll("canvas[data-chart]").forEach((canvas) => {
    if (!drawn.has(canvas)) start(canvas);
  }));
})();
