var e=localStorage.getItem("backlot.theme");(e==="light"||e==="dark")&&(document.documentElement.dataset.theme=e);
