"""The commands `rules` and `people`."""

from __future__ import annotations

PEOPLE: dict[str, str] = {
    # rules
    "Who gets what.": "谁得到什么。",
    "Say what is wrong with a file: line, rule and field of every fault.": (
        "检查规则文件：指出每处错误的行、规则和字段。"
    ),
    "{of} rules, and nothing is wrong with them.": "{of} 条规则，没有错误。",
    "{file} cannot be read": "无法读取 {file}",
    "Show the rules in force.": "显示现行规则。",
    "another version than the newest": "显示某个旧版本",
    "There is no such version: nobody has pushed it": "没有这个版本：还没有人推送过",
    "version {version}, pushed at {pushed_at}": "第 {version} 版，推送于 {pushed_at}",
    "Show person by person what a file would change, and change nothing; exit code 3 where it would.": (
        "逐人显示规则文件会带来的变化，不作任何更改；有变化时退出码为 3。"
    ),
    "{of} people would change, {losers} of them lose something.": "{of} 人会有变化，其中 {losers} 人会失去某些权限。",
    "Put the rules in a file into force. The sweep applies them to everybody; new events follow them at once.": (
        "将文件设为现行规则。定时清理会将其应用到所有人；此后的人事事件也按它处理。"
    ),
    "{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Push it?": (
        "{of} 人会失去某些权限，超过 IM_ACCESS_PEOPLE_BRAKE。仍要推送？"
    ),
    "Version {version} says the same already.": "第 {version} 版已经如此。",
    "version {version} was pushed": "已推送第 {version} 版",
    "Version {version} holds from now on; the sweep applies it.": "第 {version} 版现已生效，由定时清理应用到所有人。",
    "people read": "人已读取",
    "source": "来源",
    "employee": "工号",
    "change": "变化",
    "rules": "规则",
    "rule": "规则",
    "when": "条件",
    "join": "入职",
    "come back": "回岗",
    "close": "关闭",
    "join later": "待入职",
    "HR says that the person is away, but the user is open": "HR 系统显示此人不在岗，但用户仍开通",
    "HR says that the person is here, but the user is closed or missing": "HR 系统显示此人在岗，但用户已关闭或不存在",
    "the rules ask for something else": "规则要求的与现状不同",
    # people
    "People of HR systems.": "HR 系统中的人员。",
    "Do for the people of a table what the rules say. What was done is not done twice: run it again to go on.": (
        "按规则处理表格中的人员。做过的不会再做：中断后重新运行即可继续。"
    ),
    "whose ids the employees' are; csv if not given": "工号属于哪个来源，默认 csv",
    "who is not in the file has left": "文件中没有的人视为已离职",
    "{of} people would lose something, more than IM_ACCESS_PEOPLE_BRAKE allows. Do it?": (
        "{of} 人会失去某些权限，超过 IM_ACCESS_PEOPLE_BRAKE。仍要执行？"
    ),
    "people looked at": "人已查看",
    "ids looked up": "个工号已查找",
    "people done": "人已处理",
    "{done} of {of} people done": "已处理 {done}/{of} 人",
    "{of} people, {failed} of them could not be done.": "共 {of} 人，其中 {failed} 人未能处理。",
    "joined": "已入职",
    "changed": "已变更",
    "later": "待入职",
    "The people that HR systems have reported, with their users and the policies that rules gave them.": (
        "各来源告知的人员、他们的子用户，以及规则给予的策略。"
    ),
    "only those of this source": "只看这个来源",
    "No HR system has reported anybody.": "没有来源告知过任何人。",
    "There is no user: no rule gives anything, or the first day has not come.": (
        "没有用户：没有规则给任何权限，或第一天还没到。"
    ),
    "suspended": "停职",
    "open": "开通",
    "unfinished": "未完成",
    "All that is known of a person, and which rule of which version gave which policy.": (
        "某人的全部信息，以及每个策略由哪一版的哪条规则给予。"
    ),
    "whose id it is": "工号属于哪个来源",
    "No HR system has reported {employee}": "没有来源告知过 {employee}",
    "The people as a table, as `import` reads it.": "将人员导出为表格，`import` 可以读回。",
    "into a file, with a byte order mark for Excel": "写入文件，带字节序标记，便于 Excel 打开",
    "{of} people written.": "已写出 {of} 人。",
    # of people and letters
    "email": "邮箱",
    "phone": "电话",
    "departments": "部门",
    "title": "职位",
    "employee type": "员工类型",
    "manager": "上级",
    "starts at": "开始",
    "ends at": "结束",
    "language": "语言",
    "attributes": "属性",
    "told at": "告知时间",
    "sub user": "子用户",
    "rules version": "规则版本",
    "identity": "标识",
    "message": "消息",
}
