// What a browser alone takes for the same page: its own elements and styles, all laid out, and no program that runs.

const ROWS = 900;
const QUIET_MS = 1_000;

/** Puts what a page shows, many times over, in the place of it: the address, the program and its lists are gone. */
export const bare = async (page) => {
  const html = await page.evaluate((many) => {
    const rows = [...document.querySelectorAll('.slot:not(.hid, .far)')].map((row) => row.outerHTML);
    const copy = document.documentElement.cloneNode(true);
    for (const part of copy.querySelectorAll('script, link')) part.remove();
    const slots = copy.querySelector('.slots');
    slots.innerHTML = Array.from({ length: many }, (_, at) => rows[at % rows.length]).join('');
    slots.style.blockSize = 'auto';
    slots.style.contain = 'style';
    const style = document.createElement('style');
    style.textContent = [...document.styleSheets].flatMap((sheet) => [...sheet.cssRules].map((rule) => rule.cssText)).join('\n');
    copy.querySelector('head').append(style);
    return copy.outerHTML;
  }, ROWS);
  await page.goto('about:blank');
  await page.setContent(html);
  await page.evaluate((ms) => {
    const list = document.querySelector('.scroll-list');
    list.scrollTop = list.scrollHeight;
    return new Promise((resolve) => setTimeout(resolve, ms));
  }, QUIET_MS);
};
