"""The little JavaScript of the page: it adds comfort and nothing that is not there without it."""

SCRIPT = """
(() => {
  const button = document.getElementById('open-all');
  if (button) {
    button.hidden = false;
    let isOpen = false;
    button.onclick = () => {
      isOpen = !isOpen;
      document.querySelectorAll('details.case').forEach(d => { d.open = isOpen; });
      button.textContent = isOpen ? 'Close all' : 'Open all';
    };
  }
  const box = document.createElement('div');
  box.id = 'readout';
  document.body.append(box);
  const at = (spec, value) => {
    const [low, high, a, b] = spec.split(' ').map(Number);
    return low + (value - a) * (high - low) / (b - a);
  };
  document.querySelectorAll('svg.plot').forEach(svg => {
    svg.addEventListener('pointermove', event => {
      const frame = svg.getBoundingClientRect();
      const t = at(svg.dataset.t, event.clientX - frame.left);
      const x = at(svg.dataset.x, event.clientY - frame.top);
      box.textContent = `${(t / 1e6).toFixed(3)} s   ${Math.round(x / 1000)} mm`;
      box.style.cssText = `display:block;left:${event.clientX + 14}px;top:${event.clientY + 14}px`;
    });
    svg.addEventListener('pointerleave', () => { box.style.display = 'none'; });
  });
})();
"""
