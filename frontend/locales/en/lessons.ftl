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
lesson-failed = The experiment { $id } could not be opened.
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
lesson-of-link = of this link
lesson-too-long = It is no lesson: one has { $limit } KiB at most.
lesson-unreadable = The file could not be read.
lesson-from-file = Open a lesson from a file
lesson-own = This lesson did not come with the page; somebody has written it. It can do no more than you can: nothing is sent until you press Send.
lesson-copy-link = Copy link
lesson-save = Save the file
link-copied = Copied. Whoever opens the link has the lesson.
link-by-hand = This browser lets the page copy nothing. The link is: { $link }
link-too-long = The link would have { $length } characters. Chats and mail programs cut it after { $limit }: save the file and hand that on.
question = Question
answer-right = (right)
answer-yours = (your answer)
answer-yours-right = (your answer, right)
answer-yes = That is right.
answer-no = That is not it. The right one is marked.
answer-none = Nothing is right or wrong here.
teachers-notes = Notes for the teacher
lesson-elsewhere = The page fetches nothing from other addresses. Download the file, and open it here from your disk.
