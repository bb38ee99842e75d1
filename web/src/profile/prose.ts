/** Finding the numbers in a sentence, so that each can lead to the figure it comes from. */

export interface Part {
  text: string;
  number: boolean;
}

// A number with its thousands, decimals, range and unit: 1,469,307 · 0.85 · 50–52% · 1.47万. Not the digits
// inside a code such as GB4754 or a word such as B2B, and not years,
// periods (2017-03) or the 95% of an interval.
const NUMBER = /(?<![\p{L}\d_.]|\d-)(?!(?:19|20)\d\d(?!\d|,\d|\.\d|%))(?!95\s?%\s?(?:interval|区间))[-−]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s?[–-]\s?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?)?(?:\s?(?:%|万亿|[万亿]|million|billion))?(?![\d_]|[A-Za-z])/gu;

export function parts(text: string): Part[] {
  const found: Part[] = [];
  let at = 0;
  for (const match of text.matchAll(NUMBER)) {
    if (match.index > at) found.push({ text: text.slice(at, match.index), number: false });
    found.push({ text: match[0], number: true });
    at = match.index + match[0].length;
  }
  if (at < text.length) found.push({ text: text.slice(at), number: false });
  return found;
}
