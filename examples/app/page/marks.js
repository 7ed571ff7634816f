/** The little Markdown that passages and answers hold: code, emphasis, and links within the documentation, which lead nowhere here. */

const MARK = /```[^\n`]*\n([\s\S]*?)(?:\n?```\n?|$)|`([^`\n]+)`|\*\*(?=\S)([^*\n]+)\*\*|\*(?=\S)([^*\n]*[^*\s])\*|\[([^\]\n]+)\]\((?![a-z]+:|\/\/)[^)\s]+\)/gi;

const made = (name, text) => {
  const element = document.createElement(name);
  element.textContent = text;
  return element;
};

/** Nodes for an element's content. Whatever the text holds stays text: nothing in it becomes an address or an attribute. */
export const nodes = (text) => {
  const found = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const [whole, block, code, bold, slanted, link] = match;
    found.push(text.slice(from, match.index));
    if (block !== undefined) found.push(made("pre", block));
    else if (code !== undefined) found.push(made("code", code));
    else if (bold !== undefined) found.push(made("strong", bold));
    else found.push(slanted === undefined ? link : made("em", slanted));
    from = match.index + whole.length;
  }
  return [...found, text.slice(from)];
};
