const [theme, coloursOnly, reviews] = arguments;
document.documentElement.dataset.theme = theme;

const luminance = ([r, g, b]) => {
  const linear = [r, g, b].map((part) => (part / 255 <= 0.04045 ? part / 255 / 12.92 : ((part / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
};
const ratio = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};
// Red, green, blue and opacity of a computed colour, in whatever form it is given, as it is painted.
const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
const painted = new Map();
const parts = (colour) => {
  if (!painted.has(colour)) {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour === "none" ? "transparent" : colour;
    canvas.fillRect(0, 0, 1, 1);
    painted.set(colour, [...canvas.getImageData(0, 0, 1, 1).data]);
  }
  return painted.get(colour);
};
const isOpaque = (colour) => colour[3] === 255;

// In a drawing, the box drawn last before the text that is behind its middle.
const boxBehind = (text) => {
  const { left, right, top, bottom } = text.getBoundingClientRect();
  const [x, y] = [(left + right) / 2, (top + bottom) / 2];
  const boxes = [...(text.ownerSVGElement?.querySelectorAll("rect") ?? [])].filter((box) => {
    const place = box.getBoundingClientRect();
    const before = box.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING;
    return before && place.left <= x && x <= place.right && place.top <= y && y <= place.bottom;
  });
  return boxes.map((box) => parts(getComputedStyle(box).fill)).filter(isOpaque).at(-1);
};
const groundOf = (element) => {
  const box = boxBehind(element);
  if (box) return box;
  for (let up = element; up; up = up.parentElement) {
    const ground = parts(getComputedStyle(up).backgroundColor);
    if (isOpaque(ground)) return ground;
  }
  return parts("white");
};
// Why the contrast of an element is not enough; nothing if it is.
const tooLow = (element) => {
  const style = getComputedStyle(element);
  const colour = parts(element instanceof SVGElement ? style.fill : style.color);
  const size = parseFloat(style.fontSize);
  const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
  const ground = groundOf(element);
  const measured = ratio(colour, ground);
  if (measured < needed) return `measured ${measured.toFixed(2)} of ${colour} on ${ground}, needed ${needed}`;
};

const used = new Set();
const describe = (result, node, why) => ({
  rule: result.id,
  help: result.help,
  target: node.target.join(" "),
  html: node.html.slice(0, 300),
  why,
});
const said = (node) => [...node.any, ...node.all, ...node.none].map((check) => check.message).join("; ");
// A finding, unless it is measured to be right or was reviewed.
const unsure = (result, node) => {
  const { element } = node;
  if (result.id === "color-contrast") {
    const why = tooLow(element);
    return why && describe(result, node, why);
  }
  const review = reviews.find(([rule, selector]) => rule === result.id && element.matches(selector));
  if (!review) return describe(result, node, `not sure: ${said(node)}`);
  used.add(review.join(" | "));
};

const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
const runOnly = coloursOnly
  ? { type: "rule", values: ["color-contrast", "link-in-text-block"] }
  : { type: "tag", values: tags };
return axe.run(document, { runOnly, resultTypes: ["violations", "incomplete"], elementRef: true }).then(({ violations, incomplete }) => ({
  findings: [
    ...violations.flatMap((result) => result.nodes.map((node) => describe(result, node, said(node)))),
    ...incomplete.flatMap((result) => result.nodes.map((node) => unsure(result, node)).filter(Boolean)),
  ],
  used: [...used],
}));
