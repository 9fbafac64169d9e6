## Words that both front ends use.

action-close = 关闭
action-try-again = 重试
status-final = 已确认
status-pending = 待确认
status-refused = 已拒绝
