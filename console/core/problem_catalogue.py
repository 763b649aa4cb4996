"""The sentences of every Problem: code -> (what happened and why, what to do, help page).

The words stand in problem_words/. Templates use `str.format` names; each name is an attribute given
where the Problem is raised. Help pages are `page#anchor` under resources/help.
"""

from console.core.problem_words import alerting, code, here, reaching, rules, working

CATALOGUE: dict[str, tuple[str, str, str]] = {
    **here.WORDS,
    **reaching.WORDS,
    **working.WORDS,
    **code.WORDS,
    **alerting.WORDS,
    **rules.WORDS,
}
