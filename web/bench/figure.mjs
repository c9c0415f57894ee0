// The one form of a result, as `crates/load/src/figure.rs` writes it.

/** Three or more digits, and no zeros that say nothing: 552, 49.7, 1.4. */
export const shown = (value) => {
  const decimals = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const text = value.toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, '');
};

/** Smaller is better in all that a page costs. `bare` is what a browser alone takes for the same. */
export const figure = (name, ours, unit, goal, bare) => {
  const beside = bare === undefined ? '' : ` peer=${shown(bare)}${unit}:bare ratio=${(ours / bare).toFixed(2)}`;
  return `FIGURE ${name} ours=${shown(ours)}${unit}${beside} goal=${shown(goal)}${unit} ${ours <= goal ? 'met' : 'short'}`;
};

export const quantile = (all, part) => {
  const sorted = [...all].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(sorted.length * part) - 1)] ?? 0;
};
export const median = (all) => quantile(all, 0.5);
