// Gives what cannot be read in the page's content: [text, contrast, colour, background] of each text under a ratio.
(least) => {
  const context = Object.assign(document.createElement("canvas"), { width: 1, height: 1 })
    .getContext("2d", { willReadFrequently: true });
  const known = new Map();
  // Any CSS colour as [red, green, blue, alpha], each from 0 to 1.
  const rgba = (colour) => {
    if (!known.has(colour)) {
      context.clearRect(0, 0, 1, 1);
      context.fillStyle = colour;
      context.fillRect(0, 0, 1, 1);
      known.set(colour, [...context.getImageData(0, 0, 1, 1).data].map((v) => v / 255));
    }
    return known.get(colour);
  };
  const over = (top, below) =>
    [0, 1, 2].map((i) => top[i] * top[3] + below[i] * (1 - top[3])).concat(1);
  const luminance = (colour) => {
    const [r, g, b] = colour.map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const drawn = (shape) => {
    const style = getComputedStyle(shape);
    return style.fill !== "none" && rgba(style.fill)[3] * style.fillOpacity > 0;
  };
  const shapes = new Map();
  const shapesOf = (svg) => {
    if (!shapes.has(svg)) {
      const all = svg.querySelectorAll("rect, path, polygon, circle, ellipse");
      shapes.set(svg, [...all].filter((s) => !s.closest("marker, defs") && drawn(s)));
    }
    return shapes.get(svg);
  };
  // What lies under an element: the backgrounds of all that it is in, and the shapes of a drawing that it is on.
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (!(at instanceof SVGElement)) layers.push(rgba(style.backgroundColor));
      if (at instanceof SVGSVGElement) {
        const box = element.getBoundingClientRect();
        const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
        const under = shapesOf(at).filter((shape) => {
          const r = shape.getBoundingClientRect();
          const before = shape.compareDocumentPosition(element) & Node.DOCUMENT_POSITION_FOLLOWING;
          return before && r.left <= x && x <= r.right && r.top <= y && y <= r.bottom;
        });
        layers.push(...under.reverse().map((shape) => rgba(getComputedStyle(shape).fill)));
        layers.push(rgba(style.backgroundColor));
      }
    }
    return layers.reverse().reduce((below, top) => over(top, below), [1, 1, 1, 1]);
  };
  const opacity = (element) => {
    let all = 1;
    for (let at = element; at; at = at.parentElement) all *= getComputedStyle(at).opacity;
    return all;
  };
  const found = [];
  for (const element of document.querySelectorAll("[role=main] *, body > .skip-to-content, footer *")) {
    const text = [...element.childNodes]
      .filter((node) => node.nodeType === Node.TEXT_NODE).map((node) => node.data.trim()).join(" ").trim();
    if (!text || element.closest("script, style, title, desc")) continue;
    if (!element.checkVisibility({ checkVisibilityCSS: true, checkOpacity: true })) continue;
    const box = element.getBoundingClientRect();
    if (box.width < 2 || box.height < 2) continue;
    const style = getComputedStyle(element);
    const ink = [...rgba(element instanceof SVGElement ? style.fill : style.color)];
    ink[3] *= opacity(element);
    const ground = behind(element);
    const ratio = contrast(over(ink, ground), ground);
    const show = (colour) => "#" + colour.slice(0, 3).map((v) => Math.round(v * 255).toString(16).padStart(2, "0")).join("");
    if (ratio < least) found.push([text.slice(0, 40), ratio.toFixed(2), show(over(ink, ground)), show(ground)]);
  }
  return found;
}
