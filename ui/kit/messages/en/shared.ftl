## Words that both front ends use.

action-close = Close
action-try-again = Try again
status-final = Final
status-pending = Pending
status-refused = Refused
