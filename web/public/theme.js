// Before the first paint, so that nothing flashes or moves: what somebody chose for this device.
(function () {
  var root = document.documentElement;
  var theme = localStorage.getItem('rookery.theme');
  if (theme === 'light' || theme === 'dark') root.dataset.theme = theme;
  if (localStorage.getItem('rookery.density') === 'compact') root.dataset.density = 'compact';
  ['side', 'pane'].forEach(function (part) {
    var wide = Number(localStorage.getItem('rookery.wide.' + part));
    if (wide > 0) root.style.setProperty('--' + part + '-own', wide + 'px');
  });
})();
