## Experiments

lessons-title = Experiments
lessons-hide = Hide
lessons-failed = The list of experiments is not here. { $why }
lessons-again = Ask again
lessons-none = There are no experiments for { $protocol } yet.
lessons-not-kept = This browser keeps nothing for this page: what you have done is forgotten when the page is closed.
tier-course = The course
tier-course-about = the lecture from its first socket to the last protocol
tier-tutorial = Tutorial
tier-tutorial-about = how it is meant
tier-weird = Weird
tier-weird-about = broken on purpose
tier-useful = Useful
tier-useful-about = for life outside
lesson-failed = The experiment { $id } could not be opened. { $why }
lesson-done = done
lesson-begun = { $steps ->
    [one] { $steps } step done
   *[other] { $steps } steps done
}
lesson-leave = Leave the lesson
lesson-modified = modified
lesson-reset = Reset
lesson-reset-title = Begin the lesson again, with a fresh world and a fresh session
lesson-step = Step { $step } of { $steps }: { $title }
lesson-all-done = All { $steps } steps are done.
lesson-fault = Something is wrong with this server on purpose: { $fault }.
lesson-behind = { $steps ->
    [one] You did { $steps } step at an earlier visit. This session is new and knows nothing of it.
   *[other] You did { $steps } steps at an earlier visit. This session is new and knows nothing of them.
}
lesson-catch-up = Do them again for me
lesson-next = Next: { $title }

step-done = (done)
step-now = (now)
step-later = (later)
step-expects = This step is done when
expect-met = met
expect-unmet = not yet
expect-instead = Now: { $instead }.
hint = Hint { $hint } of { $hints }

act-put = Put it into the composer
act-anyway = The page will not agree. Press Send, read why, then “Send it anyway”.
as-octets = As raw octets: nothing is added to it.
act-client = At the client’s desk.
act-server = At the server’s desk.
act-go-to = Go to { $protocol }
act-wait = Wait for { $seconds } s.
lesson-unknown = There is no lesson of this name.
