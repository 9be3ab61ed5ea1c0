## The page itself: its copy in the browser, and the sessions that are kept there

loading = Wirelab is loading.
kept = This session is kept in your browser and comes back when you open the page again.
kept-forget = Forget kept sessions
kept-forget-about = Those that this browser keeps of this page and of closed ones; what is on the screen stays.
kept-forgotten = What was kept is forgotten. Keeping begins again when you reset the practice world.
kept-refused = Your browser does not keep sessions for this page ({ $why }). Everything works, but nothing comes back after a reload.
kept-stopped = Your browser keeps no more of this session ({ $why }). Nothing on the screen is lost, but after a reload it comes back only as it was until now.
kept-adopted = This is the session that you left here. “Reset” in the practice world begins anew.
kept-unreadable = A session was kept here, but this version of the page cannot play it again, so a new one has begun.
kept-in-part = Only the first part of the kept session came back: this version of the page does the rest differently.
