<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
    <context>
        <name>problem</name>
        <message>
            <source>{message}.</source>
            <translation>{message}。</translation>
        </message>
        <message>
            <source>Run 'tandem {command} --help' to see how it is used.</source>
            <translation>运行 'tandem {command} --help' 查看用法。</translation>
        </message>
        <message>
            <source>'{command}' destroys something and there is no terminal to ask on.</source>
            <translation>'{command}' 会销毁内容，而没有可供询问的终端。</translation>
        </message>
        <message>
            <source>Look at the plan with --dry-run, then pass --yes.</source>
            <translation>先用 --dry-run 查看计划，再加 --yes。</translation>
        </message>
        <message>
            <source>'{command}' changes something and the console is in read-only mode.</source>
            <translation>'{command}' 会更改内容，而控制台处于只读模式。</translation>
        </message>
        <message>
            <source>Turn the read-only switch off in the window or run without --read-only.</source>
            <translation>请在窗口中关闭只读开关，或不带 --read-only 运行。</translation>
        </message>
        <message>
            <source>There is no file {path}.</source>
            <translation>没有文件 {path}。</translation>
        </message>
        <message>
            <source>Check the path and try again.</source>
            <translation>请检查路径后重试。</translation>
        </message>
        <message>
            <source>{path} cannot be read: {reason}.</source>
            <translation>无法读取 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check its permissions.</source>
            <translation>请检查其权限。</translation>
        </message>
        <message>
            <source>{path} cannot be written: {reason}.</source>
            <translation>无法写入 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check permissions and free space.</source>
            <translation>请检查权限和可用空间。</translation>
        </message>
        <message>
            <source>The filter is not understood at column {column}: {reason}.</source>
            <translation>无法理解筛选条件，第 {column} 列：{reason}。</translation>
        </message>
        <message>
            <source>Correct it there; its words are listed on its help page.</source>
            <translation>请在该处修改；可用的词见其帮助页。</translation>
        </message>
        <message>
            <source>{what} is not valid: {reason}.</source>
            <translation>{what} 无效：{reason}。</translation>
        </message>
        <message>
            <source>Correct it and try again.</source>
            <translation>请更正后重试。</translation>
        </message>
        <message>
            <source>There is no {kind} '{given}'.</source>
            <translation>没有 {kind} '{given}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem {listing}'.</source>
            <translation>用 'tandem {listing}' 列出。</translation>
        </message>
        <message>
            <source>'{given}' fits {count} {kind}s: {matches}.</source>
            <translation>'{given}' 匹配 {count} 个 {kind}：{matches}。</translation>
        </message>
        <message>
            <source>Give a few more characters.</source>
            <translation>请多输入几个字符。</translation>
        </message>
        <message>
            <source>There is already a {kind} named '{name}'.</source>
            <translation>已有名为 '{name}' 的 {kind}。</translation>
        </message>
        <message>
            <source>Choose another name.</source>
            <translation>请另选名称。</translation>
        </message>
        <message>
            <source>There is no option '{name}'.</source>
            <translation>没有选项 '{name}'。</translation>
        </message>
        <message>
            <source>See Settings for their names.</source>
            <translation>名称见设置。</translation>
        </message>
        <message>
            <source>Option '{name}' cannot be '{given}': {reason}.</source>
            <translation>选项 '{name}' 不能是 '{given}'：{reason}。</translation>
        </message>
        <message>
            <source>Give a value in range.</source>
            <translation>请给出范围内的值。</translation>
        </message>
        <message>
            <source>The channels of alerts cannot be read at {where}: {reason}.</source>
            <translation>无法读取告警通知渠道，位置 {where}：{reason}。</translation>
        </message>
        <message>
            <source>Correct notifiers.toml there; those read before stay in use until then.</source>
            <translation>请在该处修改 notifiers.toml；在此之前仍使用先前读到的渠道。</translation>
        </message>
        <message>
            <source>The channel '{channel}' lacks its secret '{secret}'.</source>
            <translation>通知渠道“{channel}”缺少密钥“{secret}”。</translation>
        </message>
        <message>
            <source>Enter it with 'tandem alert channel save {channel} --secret {secret}' or set {variable}.</source>
            <translation>请用“tandem alert channel save {channel} --secret {secret}”输入，或设置环境变量 {variable}。</translation>
        </message>
        <message>
            <source>The channel '{channel}' did not take the message: {reason}.</source>
            <translation>通知渠道“{channel}”没有接收消息：{reason}。</translation>
        </message>
        <message>
            <source>Check its settings and secrets, then try it with 'tandem alert test {channel}'.</source>
            <translation>请检查其设置和密钥，然后用“tandem alert test {channel}”再试一次。</translation>
        </message>
        <message>
            <source>The database {path} was written by a newer Tandem (schema {found}, this one knows {known}).</source>
            <translation>数据库 {path} 由更新的 Tandem 写入（结构 {found}，本版本支持 {known}）。</translation>
        </message>
        <message>
            <source>Update Tandem, or start it with another --home.</source>
            <translation>请更新 Tandem，或用另一个 --home 启动。</translation>
        </message>
        <message>
            <source>The database {path} is damaged: {reason}.</source>
            <translation>数据库 {path} 已损坏：{reason}。</translation>
        </message>
        <message>
            <source>It was left as it is; restore a backup with 'tandem restore FILE', or move it away: what the servers hold is read again.</source>
            <translation>它保持原样；用 'tandem restore FILE' 恢复备份，或将其移走：服务器上的内容会重新读取。</translation>
        </message>
        <message>
            <source>The database could not be written: {reason}.</source>
            <translation>无法写入数据库：{reason}。</translation>
        </message>
        <message>
            <source>Free some disk space.</source>
            <translation>请释放一些磁盘空间。</translation>
        </message>
        <message>
            <source>Another Tandem is writing to {path} for longer than {timeout_s} s.</source>
            <translation>另一个 Tandem 写入 {path} 已超过 {timeout_s} 秒。</translation>
        </message>
        <message>
            <source>Try again in a moment.</source>
            <translation>请稍后重试。</translation>
        </message>
        <message>
            <source>{path} could not be written: {reason}.</source>
            <translation>无法写入 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check the permissions of the home folder and the disk below it.</source>
            <translation>请检查主文件夹及其所在磁盘的权限。</translation>
        </message>
        <message>
            <source>Parquet needs pyarrow, which is not installed.</source>
            <translation>Parquet 需要 pyarrow，但它没有安装。</translation>
        </message>
        <message>
            <source>Install it with: pip install 'tandem-console[parquet]'; or export CSV.</source>
            <translation>用 pip install 'tandem-console[parquet]' 安装，或导出 CSV。</translation>
        </message>
        <message>
            <source>{path} is not a Tandem backup: {reason}.</source>
            <translation>{path} 不是 Tandem 备份：{reason}。</translation>
        </message>
        <message>
            <source>Choose another file.</source>
            <translation>请另选文件。</translation>
        </message>
        <message>
            <source>Nothing was changed, because the audit log cannot be written: {reason}.</source>
            <translation>未做任何更改，因为无法写入审计日志：{reason}。</translation>
        </message>
        <message>
            <source>Free disk space or mend the permissions of the home folder.</source>
            <translation>请释放磁盘空间或修正主文件夹的权限。</translation>
        </message>
        <message>
            <source>'{title}' was cancelled at the step '{step}'.</source>
            <translation>'{title}' 在步骤 '{step}' 被取消。</translation>
        </message>
        <message>
            <source>What it had half done was undone.</source>
            <translation>已完成一半的内容已撤销。</translation>
        </message>
        <message>
            <source>'{title}' goes on on its servers; the console was closed meanwhile.</source>
            <translation>“{title}”仍在其服务器上继续；期间控制台已关闭。</translation>
        </message>
        <message>
            <source>'tandem copies list' and the sheet of copies tell how it stands.</source>
            <translation>“tandem copies list”和复制面板会显示其状态。</translation>
        </message>
        <message>
            <source>'{title}' failed at '{step}' ({reason}), and undoing '{undone}' failed too: {undo_reason}.</source>
            <translation>'{title}' 在 '{step}' 失败（{reason}），撤销 '{undone}' 也失败：{undo_reason}。</translation>
        </message>
        <message>
            <source>Look at the server before trying again.</source>
            <translation>重试前请先查看服务器。</translation>
        </message>
        <message>
            <source>'{title}' stopped at the step '{step}' by a fault in Tandem: {reason}.</source>
            <translation>'{title}' 因 Tandem 的故障停在步骤 '{step}'：{reason}。</translation>
        </message>
        <message>
            <source>Look at the target before trying again, and report it with the log.</source>
            <translation>重试前请先查看目标，并附日志报告。</translation>
        </message>
        <message>
            <source>{sentence}</source>
            <translation>{sentence}</translation>
        </message>
        <message>
            <source>{remedy}</source>
            <translation>{remedy}</translation>
        </message>
        <message>
            <source>There is no operation '{id}'.</source>
            <translation>没有操作 '{id}'。</translation>
        </message>
        <message>
            <source>Open Activity for the ones that are kept.</source>
            <translation>请在活动中查看保留的操作。</translation>
        </message>
        <message>
            <source>The plugin in {path} was not loaded: {reason}.</source>
            <translation>{path} 中的插件未加载：{reason}。</translation>
        </message>
        <message>
            <source>Mend or remove it.</source>
            <translation>请修复或移除它。</translation>
        </message>
        <message>
            <source>Plugin '{plugin}' failed: {reason}.</source>
            <translation>插件 '{plugin}' 失败：{reason}。</translation>
        </message>
        <message>
            <source>Disable it, or tell its author.</source>
            <translation>请停用它，或告知其作者。</translation>
        </message>
        <message>
            <source>The Prometheus endpoint cannot listen on 127.0.0.1:{port}: {reason}.</source>
            <translation>Prometheus 端点无法监听 127.0.0.1:{port}：{reason}。</translation>
        </message>
        <message>
            <source>Another Tandem may serve there already; else choose another port in the settings.</source>
            <translation>可能已有另一个 Tandem 在该端口提供服务；否则请在设置中选择其他端口。</translation>
        </message>
        <message>
            <source>The source '{source}' cannot be asked: {reason}.</source>
            <translation>无法查询数据源“{source}”：{reason}。</translation>
        </message>
        <message>
            <source>Check its address with 'tandem source check {source}'; what it told before grows old meanwhile.</source>
            <translation>请用“tandem source check {source}”检查其地址；在此期间，它之前提供的数据会逐渐过时。</translation>
        </message>
        <message>
            <source>The source '{source}' refuses the login (HTTP {status}).</source>
            <translation>数据源“{source}”拒绝登录（HTTP {status}）。</translation>
        </message>
        <message>
            <source>Give it another token or password: 'tandem source add {source} --replace'.</source>
            <translation>请提供其他令牌或密码：“tandem source add {source} --replace”。</translation>
        </message>
        <message>
            <source>There is no token or password for the source '{source}' here.</source>
            <translation>此处没有数据源“{source}”的令牌或密码。</translation>
        </message>
        <message>
            <source>Add it anew with its login, or name a file that holds the token.</source>
            <translation>请带上登录信息重新添加，或指定一个存有令牌的文件。</translation>
        </message>
        <message>
            <source>The source '{source}' answers with an error (HTTP {status}): {reason}.</source>
            <translation>数据源“{source}”返回错误（HTTP {status}）：{reason}。</translation>
        </message>
        <message>
            <source>Look at its own log; a proxy on the way may answer in its place.</source>
            <translation>请查看它自己的日志；途中的代理可能代其作答。</translation>
        </message>
        <message>
            <source>What the source '{source}' answers is not understood: {reason}.</source>
            <translation>无法理解数据源“{source}”的应答：{reason}。</translation>
        </message>
        <message>
            <source>Check that its address is that of a Prometheus, or narrow it with a filter.</source>
            <translation>请确认其地址确为 Prometheus，或用过滤器缩小范围。</translation>
        </message>
        <message>
            <source>The source '{source}' has nothing new of '{server}'.</source>
            <translation>数据源“{source}”没有“{server}”的新数据。</translation>
        </message>
        <message>
            <source>Its exporter or the server itself may be down.</source>
            <translation>其导出器或服务器本身可能已停止运行。</translation>
        </message>
        <message>
            <source>The demo needs {missing}, which is not installed.</source>
            <translation>演示需要 {missing}，但尚未安装。</translation>
        </message>
        <message>
            <source>Install it with: pip install 'tandem-console[demo]'.</source>
            <translation>安装命令：pip install 'tandem-console[demo]'。</translation>
        </message>
        <message>
            <source>The round ended outside its bounds: {reason}.</source>
            <translation>整轮结果超出界限：{reason}。</translation>
        </message>
        <message>
            <source>Run it again with --debug and report it.</source>
            <translation>请用 --debug 再次运行并报告。</translation>
        </message>
        <message>
            <source>The window cannot open: {reason}.</source>
            <translation>无法打开窗口：{reason}。</translation>
        </message>
        <message>
            <source>PySide6 {version} aborts Python {python}.</source>
            <translation>PySide6 {version} 会使 Python {python} 崩溃。</translation>
        </message>
        <message>
            <source>Install 'PySide6-Essentials&lt;6.12' or use Python 3.12 or newer.</source>
            <translation>请安装 'PySide6-Essentials&lt;6.12' 或使用 Python 3.12 及以上。</translation>
        </message>
        <message>
            <source>There is no server '{name}'.</source>
            <translation>没有服务器 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem server list'.</source>
            <translation>用 'tandem server list' 列出。</translation>
        </message>
        <message>
            <source>'{name}' cannot be a server's name: {reason}.</source>
            <translation>'{name}' 不能作为服务器名称：{reason}。</translation>
        </message>
        <message>
            <source>Use letters, digits, dots, dashes and underscores.</source>
            <translation>请使用字母、数字、点、短横线和下划线。</translation>
        </message>
        <message>
            <source>'{host}' cannot be a host: {reason}.</source>
            <translation>'{host}' 不能作为主机：{reason}。</translation>
        </message>
        <message>
            <source>Give a host name or an address.</source>
            <translation>请给出主机名或地址。</translation>
        </message>
        <message>
            <source>{server} takes no new work: {reason}.</source>
            <translation>{server} 不接受新任务：{reason}。</translation>
        </message>
        <message>
            <source>Choose another server, or let it work again with 'tandem server resume {server}'.</source>
            <translation>请另选服务器，或用 'tandem server resume {server}' 让它恢复工作。</translation>
        </message>
        <message>
            <source>{server}: the privileged act '{act}' is not switched on for this server.</source>
            <translation>{server}：此服务器未启用特权操作“{act}”。</translation>
        </message>
        <message>
            <source>See what it would run, and switch it on, with 'tandem server privileges {server} --allow {act}'.</source>
            <translation>用 'tandem server privileges {server} --allow {act}' 查看其命令并启用。</translation>
        </message>
        <message>
            <source>{server}: '{act}' was refused: {reason}.</source>
            <translation>{server}：“{act}”被拒绝：{reason}。</translation>
        </message>
        <message>
            <source>Look at what sudo allows there with 'tandem doctor {server}'.</source>
            <translation>用 'tandem doctor {server}' 查看那里 sudo 允许什么。</translation>
        </message>
        <message>
            <source>{server}: the accelerator {uuid} is not reset, because {who} holds it.</source>
            <translation>{server}：未重置加速器 {uuid}，因为它被 {who} 占用。</translation>
        </message>
        <message>
            <source>Let that end first; nothing was changed.</source>
            <translation>请先让其结束；未作任何更改。</translation>
        </message>
        <message>
            <source>{server}: the accelerator {uuid} is not reset, because it cannot be known who holds it: the driver does not tell, and this account may not look into the processes of others.</source>
            <translation>{server}：未重置加速器 {uuid}，因为无法得知谁在占用它：驱动程序没有告知，且此账户无权查看其他账户的进程。</translation>
        </message>
        <message>
            <source>Let sudo allow the look that 'tandem server privileges {server}' shows beside the reset, or restart the server; nothing was changed.</source>
            <translation>请让 sudo 允许“tandem server privileges {server}”在重置旁列出的查看命令，或重启服务器；未作任何更改。</translation>
        </message>
        <message>
            <source>{server}: the accelerator {uuid} is not reset, because a call to the driver hangs and this console's own agent cannot let go of it.</source>
            <translation>{server}：未重置加速器 {uuid}，因为对驱动程序的一次调用已挂起，本控制台自己的代理无法释放它。</translation>
        </message>
        <message>
            <source>Restart the server; nothing was changed.</source>
            <translation>请重启服务器；未作任何更改。</translation>
        </message>
        <message>
            <source>{server} is not fit for work yet: {problems}.</source>
            <translation>{server} 还不适合工作：{problems}。</translation>
        </message>
        <message>
            <source>Mend that first, or let it work all the same with 'tandem server resume {server} --anyway'.</source>
            <translation>请先修好，或用 'tandem server resume {server} --anyway' 强行恢复。</translation>
        </message>
        <message>
            <source>Server '{name}' still has {what}.</source>
            <translation>服务器 '{name}' 仍有 {what}。</translation>
        </message>
        <message>
            <source>Remove those first.</source>
            <translation>请先移除它们。</translation>
        </message>
        <message>
            <source>{server}: the name {host} cannot be resolved: {reason}.</source>
            <translation>{server}：无法解析名称 {host}：{reason}。</translation>
        </message>
        <message>
            <source>Check the host name.</source>
            <translation>请检查主机名。</translation>
        </message>
        <message>
            <source>{server}: {host} port {port} refused the connection.</source>
            <translation>{server}：{host} 端口 {port} 拒绝连接。</translation>
        </message>
        <message>
            <source>Check that sshd runs there and that the port is right.</source>
            <translation>请检查那里是否运行 sshd 以及端口是否正确。</translation>
        </message>
        <message>
            <source>{server}: {host} cannot be reached: {reason}.</source>
            <translation>{server}：无法到达 {host}：{reason}。</translation>
        </message>
        <message>
            <source>Check the network and the address.</source>
            <translation>请检查网络和地址。</translation>
        </message>
        <message>
            <source>{server}: no answer within {timeout_s} s while {stage}.</source>
            <translation>{server}：{stage} 时 {timeout_s} 秒内无应答。</translation>
        </message>
        <message>
            <source>Check the network and the load of the server, then try again.</source>
            <translation>请检查网络和服务器负载后重试。</translation>
        </message>
        <message>
            <source>{server}: {host} port {port} takes no new connection now: {limit}.</source>
            <translation>{server}：{host} 端口 {port} 目前不接受新连接：{limit}。</translation>
        </message>
        <message>
            <source>Tandem tries again by itself, more slowly; the server's owner can raise the limit.</source>
            <translation>Tandem 会自行放慢重试；服务器所有者可以提高该限制。</translation>
        </message>
        <message>
            <source>{server}: {via}, on the way, lets nobody through to {host} port {port}: {reason}.</source>
            <translation>{server}：途经的 {via} 不允许连接 {host} 端口 {port}：{reason}。</translation>
        </message>
        <message>
            <source>Ask its owner for AllowTcpForwarding or PermitOpen in its sshd_config; {via} itself works without.</source>
            <translation>请其所有者在 sshd_config 中设置 AllowTcpForwarding 或 PermitOpen；{via} 本身仍可使用。</translation>
        </message>
        <message>
            <source>{server}: what answers at {host} port {port} is not SSH: {reason}.</source>
            <translation>{server}：{host} 端口 {port} 应答的不是 SSH：{reason}。</translation>
        </message>
        <message>
            <source>Check the port.</source>
            <translation>请检查端口。</translation>
        </message>
        <message>
            <source>{server}: no {kind} in common; the server offers {theirs}, Tandem offers {ours}.</source>
            <translation>{server}：没有共同的 {kind}；服务器提供 {theirs}，Tandem 提供 {ours}。</translation>
        </message>
        <message>
            <source>Enable one of Tandem's algorithms in the server's sshd_config.</source>
            <translation>请在服务器的 sshd_config 中启用 Tandem 的一种算法。</translation>
        </message>
        <message>
            <source>{server}: the host key {key_type} {fingerprint} of {host} port {port} is not known yet.</source>
            <translation>{server}：{host} 端口 {port} 的主机密钥 {key_type} {fingerprint} 尚未知。</translation>
        </message>
        <message>
            <source>Compare the fingerprint with the server's owner, then run 'tandem server trust {server}'.</source>
            <translation>请与服务器所有者核对指纹，然后运行 'tandem server trust {server}'。</translation>
        </message>
        <message>
            <source>{server}: the host key of {host} port {port} is now {fingerprint}, not the one kept in {file} line {line}; someone may be in between.</source>
            <translation>{server}：{host} 端口 {port} 的主机密钥现在是 {fingerprint}，与 {file} 第 {line} 行保存的不同；可能有中间人。</translation>
        </message>
        <message>
            <source>Do not connect. If the server was really set up anew, remove that line and trust it again.</source>
            <translation>请勿连接。若服务器确已重装，请删除该行后重新信任。</translation>
        </message>
        <message>
            <source>{server}: the host key {fingerprint} of {host} is marked revoked in {file} line {line}.</source>
            <translation>{server}：{host} 的主机密钥 {fingerprint} 在 {file} 第 {line} 行标记为已吊销。</translation>
        </message>
        <message>
            <source>Do not connect; ask the server's owner.</source>
            <translation>请勿连接；请询问服务器所有者。</translation>
        </message>
        <message>
            <source>{server}: the host key {fingerprint} of {host} has {bits} bits, fewer than {minimum}.</source>
            <translation>{server}：{host} 的主机密钥 {fingerprint} 只有 {bits} 位，少于 {minimum}。</translation>
        </message>
        <message>
            <source>Ask the server's owner for a new host key: ssh-keygen -A makes an ed25519 one.</source>
            <translation>请服务器所有者更换主机密钥：ssh-keygen -A 会生成 ed25519 密钥。</translation>
        </message>
        <message>
            <source>{server}: the host certificate of {host} port {port} does not count: {reason}.</source>
            <translation>{server}：{host} 端口 {port} 的主机证书无效：{reason}。</translation>
        </message>
        <message>
            <source>Ask the server's owner for a right one; its plain key {key_type} {fingerprint} can be trusted with 'tandem server trust {server}'.</source>
            <translation>请向服务器所有者索取正确的证书；也可以用“tandem server trust {server}”信任其普通密钥 {key_type} {fingerprint}。</translation>
        </message>
        <message>
            <source>{server}: the host key is {found}, not {given}.</source>
            <translation>{server}：主机密钥是 {found}，不是 {given}。</translation>
        </message>
        <message>
            <source>Do not trust it; ask the server's owner for the right fingerprint.</source>
            <translation>请勿信任；请向服务器所有者索取正确指纹。</translation>
        </message>
        <message>
            <source>{server}: {user} was not let in; tried {tried}; the server accepts {accepted}.</source>
            <translation>{server}：{user} 未获准登录；已尝试 {tried}；服务器接受 {accepted}。</translation>
        </message>
        <message>
            <source>Check the user and the key; Tandem does not try again by itself.</source>
            <translation>请检查用户和密钥；Tandem 不会自动重试。</translation>
        </message>
        <message>
            <source>{server}: the key {path} cannot be used: {reason}.</source>
            <translation>{server}：密钥 {path} 无法使用：{reason}。</translation>
        </message>
        <message>
            <source>Check the file.</source>
            <translation>请检查该文件。</translation>
        </message>
        <message>
            <source>{file} line {line}: {reason}.</source>
            <translation>{file} 第 {line} 行：{reason}。</translation>
        </message>
        <message>
            <source>Mend that line or add the server by hand.</source>
            <translation>请修正该行或手动添加服务器。</translation>
        </message>
        <message>
            <source>{file} line {line} runs a command, and others than you may write to that file.</source>
            <translation>{file} 第 {line} 行会运行命令，而您以外的人可以改写该文件。</translation>
        </message>
        <message>
            <source>Make it yours alone: chmod go-w, and own it.</source>
            <translation>请让该文件只归您所有：chmod go-w，并归您的账户。</translation>
        </message>
        <message>
            <source>'{alias}' is not an alias of {file}.</source>
            <translation>'{alias}' 不是 {file} 中的别名。</translation>
        </message>
        <message>
            <source>See 'tandem server import'.</source>
            <translation>见 'tandem server import'。</translation>
        </message>
        <message>
            <source>{server}: {what} is not supported.</source>
            <translation>{server}：不支持 {what}。</translation>
        </message>
        <message>
            <source>{server}: its jump servers form a loop: {chain}.</source>
            <translation>{server}：其跳板服务器形成循环：{chain}。</translation>
        </message>
        <message>
            <source>Change --jump on one of them.</source>
            <translation>请更改其中一台的 --jump。</translation>
        </message>
        <message>
            <source>{server}: the connection was lost: {reason}.</source>
            <translation>{server}：连接中断：{reason}。</translation>
        </message>
        <message>
            <source>Tandem reconnects by itself.</source>
            <translation>Tandem 会自动重新连接。</translation>
        </message>
        <message>
            <source>{server}: the server opened no further channel: {reason}.</source>
            <translation>{server}：服务器未能再打开通道：{reason}。</translation>
        </message>
        <message>
            <source>Its MaxSessions may be used up; close other sessions.</source>
            <translation>其 MaxSessions 可能已用尽；请关闭其他会话。</translation>
        </message>
        <message>
            <source>{server}: the server broke the SSH protocol: {reason}.</source>
            <translation>{server}：服务器违反 SSH 协议：{reason}。</translation>
        </message>
        <message>
            <source>Tell the server's owner.</source>
            <translation>请告知服务器所有者。</translation>
        </message>
        <message>
            <source>The system keyring could not be used: {reason}.</source>
            <translation>无法使用系统密钥环：{reason}。</translation>
        </message>
        <message>
            <source>The secret is kept for this run only; unlock the keyring or start its service to keep it.</source>
            <translation>该机密只在本次运行中保留；要长期保存，请解锁密钥环或启动其服务。</translation>
        </message>
        <message>
            <source>Local port {port} is taken.</source>
            <translation>本地端口 {port} 已被占用。</translation>
        </message>
        <message>
            <source>Choose another with --local-port, or leave it out.</source>
            <translation>用 --local-port 另选，或省略它。</translation>
        </message>
        <message>
            <source>{server}: {path} became shorter while it was copied.</source>
            <translation>{server}：{path} 在复制过程中变短了。</translation>
        </message>
        <message>
            <source>Try again when nothing writes to it.</source>
            <translation>等没有程序写入它时再试。</translation>
        </message>
        <message>
            <source>{server}: nothing came through to {host} port {port}: {reason}.</source>
            <translation>{server}：无法到达 {host} 端口 {port}：{reason}。</translation>
        </message>
        <message>
            <source>Check that something listens there and that the server allows forwards to it.</source>
            <translation>请检查那里是否有程序在监听，以及服务器是否允许转发到该处。</translation>
        </message>
        <message>
            <source>{server}: no terminal could be opened here.</source>
            <translation>{server}：无法在此打开终端。</translation>
        </message>
        <message>
            <source>Run it in one that you have: {command}</source>
            <translation>请在您的终端中运行：{command}</translation>
        </message>
        <message>
            <source>No server fits the filter '{filter}'.</source>
            <translation>没有服务器符合筛选条件“{filter}”。</translation>
        </message>
        <message>
            <source>List servers with their labels with 'tandem server list'.</source>
            <translation>用“tandem server list”列出服务器及其标签。</translation>
        </message>
        <message>
            <source>{server}: {path} was changed by someone else since it was read.</source>
            <translation>{server}：{path} 在读取之后已被他人更改。</translation>
        </message>
        <message>
            <source>Read it again, then make your change anew.</source>
            <translation>请重新读取，然后再次修改。</translation>
        </message>
        <message>
            <source>{server}: {path} is there already.</source>
            <translation>{server}：{path} 已存在。</translation>
        </message>
        <message>
            <source>Choose another name, or replace it knowingly.</source>
            <translation>请另选名称，或明确替换它。</translation>
        </message>
        <message>
            <source>{server}: {path} cannot be edited as text: {reason}.</source>
            <translation>{server}：无法将 {path} 作为文本编辑：{reason}。</translation>
        </message>
        <message>
            <source>Download it instead; 'tandem pull' does the same.</source>
            <translation>请改为下载；也可使用“tandem pull”。</translation>
        </message>
        <message>
            <source>{server}: {path} is left as it is: {reason}.</source>
            <translation>{server}：{path} 保持原样：{reason}。</translation>
        </message>
        <message>
            <source>Name what is below it, or use 'tandem server clean' for what Tandem left.</source>
            <translation>请指明其下的内容；清除 Tandem 留下的内容请用“tandem server clean”。</translation>
        </message>
        <message>
            <source>{server}: the disk is full: {needed} needed for {path}, {free} free.</source>
            <translation>{server}：磁盘已满：{path} 需要 {needed}，剩余 {free}。</translation>
        </message>
        <message>
            <source>Free space there; the partial file was removed.</source>
            <translation>请在那里释放空间；部分文件已删除。</translation>
        </message>
        <message>
            <source>{copied} files are in their place; left out: {names}.</source>
            <translation>{copied} 个文件已就位；未复制：{names}。</translation>
        </message>
        <message>
            <source>Rename or repair what was left out, then copy again; what is there already is not sent again.</source>
            <translation>请重命名或修复未复制的内容，然后再次复制；已就位的不会重新发送。</translation>
        </message>
        <message>
            <source>The disk here is too full for {path}: {needed} are needed, {free} are free.</source>
            <translation>本机磁盘空间不足以存放 {path}：需要 {needed}，可用 {free}。</translation>
        </message>
        <message>
            <source>Free space on this machine or choose another place.</source>
            <translation>请在本机腾出空间，或选择其他位置。</translation>
        </message>
        <message>
            <source>{server}: {path} arrived with another hash than was sent.</source>
            <translation>{server}：{path} 到达时哈希与发送时不同。</translation>
        </message>
        <message>
            <source>Try again.</source>
            <translation>请重试。</translation>
        </message>
        <message>
            <source>{server}: nobody could give it {path}: {reason}.</source>
            <translation>{server}：没有服务器能提供 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Copy again: it goes on where it was.</source>
            <translation>请再次复制：会从中断处继续。</translation>
        </message>
        <message>
            <source>{server}: the process that copied is gone without a result: {reason}.</source>
            <translation>{server}：复制进程已消失且没有结果：{reason}。</translation>
        </message>
        <message>
            <source>{server}: the copy was cancelled.</source>
            <translation>{server}：复制已取消。</translation>
        </message>
        <message>
            <source>Copy again when it is wanted.</source>
            <translation>需要时请再次复制。</translation>
        </message>
        <message>
            <source>{failed} of {count} servers did not get {path}: {names}.</source>
            <translation>{count} 台服务器中有 {failed} 台没有收到 {path}：{names}。</translation>
        </message>
        <message>
            <source>The others have it; copy again for those that do not.</source>
            <translation>其余服务器已收到；请为未收到的服务器再次复制。</translation>
        </message>
        <message>
            <source>{server}: {url} could not be fetched: {reason}.</source>
            <translation>{server}：无法下载 {url}：{reason}。</translation>
        </message>
        <message>
            <source>Check the address and the server's way to it (a proxy?); a fetch goes on where it was.</source>
            <translation>请检查地址以及服务器到该地址的通路（是否需要代理？）；下载会从中断处继续。</translation>
        </message>
        <message>
            <source>{server}: {url} holds another file; its SHA-256 is {found}.</source>
            <translation>{server}：{url} 是另一个文件；其 SHA-256 为 {found}。</translation>
        </message>
        <message>
            <source>Check the address and the hash; nothing was kept.</source>
            <translation>请检查地址和哈希值；没有保留任何内容。</translation>
        </message>
        <message>
            <source>{server}: {url} is larger than {limit}.</source>
            <translation>{server}：{url} 大于 {limit}。</translation>
        </message>
        <message>
            <source>Allow a larger size, if it is meant to be that large.</source>
            <translation>如果确实应该这么大，请允许更大的大小。</translation>
        </message>
        <message>
            <source>{server}: {path} could not be transferred: {reason}.</source>
            <translation>{server}：无法传输 {path}：{reason}。</translation>
        </message>
        <message>
            <source>{server}: there is no Python 3.6 or newer there.</source>
            <translation>{server}：那里没有 Python 3.6 或更新版本。</translation>
        </message>
        <message>
            <source>Live numbers are read by shell; for jobs and deployments install python3 or name one with --python.</source>
            <translation>实时数值由 shell 读取；作业和部署请安装 python3，或用 --python 指定。</translation>
        </message>
        <message>
            <source>{server}: the interpreter {path} is not there or does not start.</source>
            <translation>{server}：解释器 {path} 不存在或无法启动。</translation>
        </message>
        <message>
            <source>Correct it with 'tandem server add {server} --python PATH'.</source>
            <translation>用 'tandem server add {server} --python PATH' 更正。</translation>
        </message>
        <message>
            <source>{server}: the login shell printed {bytes} bytes and the agent never answered.</source>
            <translation>{server}：登录 shell 输出了 {bytes} 字节，代理始终未应答。</translation>
        </message>
        <message>
            <source>Make the shell's start-up files quiet for non-interactive sessions.</source>
            <translation>请让 shell 启动文件在非交互会话中保持安静。</translation>
        </message>
        <message>
            <source>{server}: the agent's answer could not be read: {reason}.</source>
            <translation>{server}：无法读取代理的应答：{reason}。</translation>
        </message>
        <message>
            <source>Reconnect; if it stays, report it.</source>
            <translation>请重新连接；若仍存在请报告。</translation>
        </message>
        <message>
            <source>{server}: no answer to '{method}' within {timeout_s} s.</source>
            <translation>{server}：'{method}' 在 {timeout_s} 秒内无应答。</translation>
        </message>
        <message>
            <source>The server may be overloaded; try again.</source>
            <translation>服务器可能过载；请重试。</translation>
        </message>
        <message>
            <source>{server}: '{method}' sent more than was taken, and the rest was dropped.</source>
            <translation>{server}：'{method}' 发送的多于被接收的，其余已丢弃。</translation>
        </message>
        <message>
            <source>Start it again from where it stopped.</source>
            <translation>请从停止处重新开始。</translation>
        </message>
        <message>
            <source>{server}: '{method}' failed there: {reason}.</source>
            <translation>{server}：'{method}' 在那里失败：{reason}。</translation>
        </message>
        <message>
            <source>See the log for details.</source>
            <translation>详情见日志。</translation>
        </message>
        <message>
            <source>{server}: the disk that holds {path} is full.</source>
            <translation>{server}：{path} 所在磁盘已满。</translation>
        </message>
        <message>
            <source>Free some space there, then try again; nothing was started.</source>
            <translation>请在那里释放空间后重试；未启动任何内容。</translation>
        </message>
        <message>
            <source>{server}: {path} cannot be written: {reason}.</source>
            <translation>{server}：无法写入 {path}：{reason}。</translation>
        </message>
        <message>
            <source>Check quota and permissions there.</source>
            <translation>请检查那里的配额和权限。</translation>
        </message>
        <message>
            <source>{server}: there is no {path}.</source>
            <translation>{server}：没有 {path}。</translation>
        </message>
        <message>
            <source>Check the path on the server.</source>
            <translation>请检查服务器上的路径。</translation>
        </message>
        <message>
            <source>{server}: process {pid} has ended already.</source>
            <translation>{server}：进程 {pid} 已经结束。</translation>
        </message>
        <message>
            <source>There is nothing left to end.</source>
            <translation>没有可结束的进程了。</translation>
        </message>
        <message>
            <source>{server}: process {pid} is not the one that was looked at: {reason}.</source>
            <translation>{server}：进程 {pid} 不是当时查看的那一个：{reason}。</translation>
        </message>
        <message>
            <source>Nothing was signalled; look at the processes again.</source>
            <translation>没有发送任何信号；请重新查看进程。</translation>
        </message>
        <message>
            <source>{server}: process {pid} is not on {gpu} any more.</source>
            <translation>{server}：进程 {pid} 已不在 {gpu} 上。</translation>
        </message>
        <message>
            <source>Nothing was signalled; look at the processes again, or name the process by its number alone.</source>
            <translation>未发送任何信号；请重新查看进程，或只用进程号指定它。</translation>
        </message>
        <message>
            <source>{server}: whether process {pid} is still on {gpu} cannot be told: its driver does not answer.</source>
            <translation>{server}：无法判断进程 {pid} 是否仍在 {gpu} 上：其驱动没有响应。</translation>
        </message>
        <message>
            <source>Nothing was signalled; to end it all the same, name the process by its number alone.</source>
            <translation>未发送任何信号；若仍要结束它，请只用进程号指定。</translation>
        </message>
        <message>
            <source>{server}: process {pid} belongs to {owner}, and {account} may not end it.</source>
            <translation>{server}：进程 {pid} 属于 {owner}，{account} 无权结束它。</translation>
        </message>
        <message>
            <source>Ask {owner}, or reach the server with an account that may.</source>
            <translation>请联系 {owner}，或用有权限的账户连接该服务器。</translation>
        </message>
        <message>
            <source>{server}: process {pid} is the agent's own, or one that it hangs on.</source>
            <translation>{server}：进程 {pid} 是代理自身的进程，或它所依附的进程。</translation>
        </message>
        <message>
            <source>Close the connection instead: the agent ends with it.</source>
            <translation>请改为关闭连接：代理会随之结束。</translation>
        </message>
        <message>
            <source>{server}: {path} is not a private folder of yours: {reason}.</source>
            <translation>{server}：{path} 不是您的私有文件夹：{reason}。</translation>
        </message>
        <message>
            <source>Move it away; Tandem makes its own with mode 0700.</source>
            <translation>请将其移走；Tandem 会以 0700 权限自行创建。</translation>
        </message>
        <message>
            <source>{server}: {what} still runs.</source>
            <translation>{server}：{what} 仍在运行。</translation>
        </message>
        <message>
            <source>Stop it first.</source>
            <translation>请先停止它。</translation>
        </message>
        <message>
            <source>{server}: the command '{command}' is not there.</source>
            <translation>{server}：没有命令 '{command}'。</translation>
        </message>
        <message>
            <source>Give a path that exists on the server, or a name in its PATH.</source>
            <translation>请给出服务器上存在的路径，或其 PATH 中的名称。</translation>
        </message>
        <message>
            <source>{server}: there is no script {path} (looked in {workdir}).</source>
            <translation>{server}：没有脚本 {path}（在 {workdir} 中查找）。</translation>
        </message>
        <message>
            <source>Give a path that exists on the server.</source>
            <translation>请给出服务器上存在的路径。</translation>
        </message>
        <message>
            <source>{server}: {wanted} accelerators were asked for and it has {present}.</source>
            <translation>{server}：请求了 {wanted} 个加速器，而它有 {present} 个。</translation>
        </message>
        <message>
            <source>Ask for fewer, or choose another server.</source>
            <translation>请减少请求，或另选服务器。</translation>
        </message>
        <message>
            <source>{server}: a job {id} was already submitted.</source>
            <translation>{server}：作业 {id} 已提交过。</translation>
        </message>
        <message>
            <source>Look at it with 'tandem job show {id}'.</source>
            <translation>用 'tandem job show {id}' 查看。</translation>
        </message>
        <message>
            <source>{server}: process {pid} belongs to a job or deployment of Tandem already.</source>
            <translation>{server}：进程 {pid} 已属于 Tandem 的作业或部署。</translation>
        </message>
        <message>
            <source>Look at it with 'tandem job list' or 'tandem deploy list'.</source>
            <translation>用 'tandem job list' 或 'tandem deploy list' 查看。</translation>
        </message>
        <message>
            <source>Job {id} has ended already ({state}).</source>
            <translation>作业 {id} 已经结束（{state}）。</translation>
        </message>
        <message>
            <source>There is nothing to cancel.</source>
            <translation>没有可取消的内容。</translation>
        </message>
        <message>
            <source>{server}: job {id} was asked for a checkpoint and had not ended {seconds} s later.</source>
            <translation>{server}:已要求作业 {id} 存检查点,但 {seconds} 秒后仍未结束。</translation>
        </message>
        <message>
            <source>Look at its log; 'tandem job cancel {id}' ends it at once.</source>
            <translation>请查看其日志;“tandem job cancel {id}”会立即结束它。</translation>
        </message>
        <message>
            <source>Job {id} has no outputs.</source>
            <translation>作业 {id} 没有输出。</translation>
        </message>
        <message>
            <source>Name them with --output at submit.</source>
            <translation>提交时用 --output 指定。</translation>
        </message>
        <message>
            <source>The search pattern is no regular expression: {reason}.</source>
            <translation>搜索模式不是正则表达式：{reason}。</translation>
        </message>
        <message>
            <source>Correct it, or search for plain text.</source>
            <translation>请更正，或按普通文本搜索。</translation>
        </message>
        <message>
            <source>{server}: the search was stopped; for {seconds} s its pattern could not be decided for one line.</source>
            <translation>{server}：搜索已停止；在 {seconds} 秒内无法对某一行判定该模式。</translation>
        </message>
        <message>
            <source>Use a simpler pattern, best without a repetition within a repetition.</source>
            <translation>请使用更简单的模式，最好不要在重复中嵌套重复。</translation>
        </message>
        <message>
            <source>{size} are selected, more than can be copied.</source>
            <translation>已选择 {size}，超出可复制的大小。</translation>
        </message>
        <message>
            <source>Save the log to a file instead.</source>
            <translation>请改为将日志保存到文件。</translation>
        </message>
        <message>
            <source>No server fits: {reason}.</source>
            <translation>没有合适的服务器：{reason}。</translation>
        </message>
        <message>
            <source>Loosen the labels or ask for fewer accelerators.</source>
            <translation>请放宽标签或减少加速器。</translation>
        </message>
        <message>
            <source>There is no recipe '{name}'.</source>
            <translation>没有配方 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem recipe list'.</source>
            <translation>用 'tandem recipe list' 列出。</translation>
        </message>
        <message>
            <source>Recipe '{recipe}': parameter '{name}' {reason}.</source>
            <translation>配方 '{recipe}'：参数 '{name}' {reason}。</translation>
        </message>
        <message>
            <source>See 'tandem recipe show {recipe}'.</source>
            <translation>见 'tandem recipe show {recipe}'。</translation>
        </message>
        <message>
            <source>{server}: {python} lacks {modules}, which recipe '{recipe}' needs.</source>
            <translation>{server}：{python} 缺少配方 '{recipe}' 所需的 {modules}。</translation>
        </message>
        <message>
            <source>Name an interpreter that has them with --python or --venv.</source>
            <translation>请用 --python 或 --venv 指定包含它们的解释器。</translation>
        </message>
        <message>
            <source>There is no model '{name}'.</source>
            <translation>没有模型 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem model list'.</source>
            <translation>用 'tandem model list' 列出。</translation>
        </message>
        <message>
            <source>Model '{name}' has no version '{version}'; it has {versions}.</source>
            <translation>模型 '{name}' 没有版本 '{version}'；现有 {versions}。</translation>
        </message>
        <message>
            <source>See 'tandem model show {name}'.</source>
            <translation>见 'tandem model show {name}'。</translation>
        </message>
        <message>
            <source>There is no model file {path}.</source>
            <translation>没有模型文件 {path}。</translation>
        </message>
        <message>
            <source>Check the path; with --server it is a path there.</source>
            <translation>请检查路径；使用 --server 时是服务器上的路径。</translation>
        </message>
        <message>
            <source>The format of {path} cannot be told from its name.</source>
            <translation>无法从名称判断 {path} 的格式。</translation>
        </message>
        <message>
            <source>Name it with --format.</source>
            <translation>请用 --format 指定。</translation>
        </message>
        <message>
            <source>{path}: {reason}.</source>
            <translation>{path}：{reason}。</translation>
        </message>
        <message>
            <source>Save the weights as safetensors or torchscript.</source>
            <translation>请将权重保存为 safetensors 或 torchscript。</translation>
        </message>
        <message>
            <source>There is no deployment '{name}'.</source>
            <translation>没有部署 '{name}'。</translation>
        </message>
        <message>
            <source>List them with 'tandem deploy list'.</source>
            <translation>用 'tandem deploy list' 列出。</translation>
        </message>
        <message>
            <source>{server}: port {port} is taken there.</source>
            <translation>{server}：端口 {port} 已被占用。</translation>
        </message>
        <message>
            <source>Choose another with --port, or leave it out.</source>
            <translation>用 --port 另选，或省略它。</translation>
        </message>
        <message>
            <source>{server}: accelerator {uuid} cannot be given to a replica: {reason}.</source>
            <translation>{server}:加速器 {uuid} 无法分配给副本:{reason}。</translation>
        </message>
        <message>
            <source>Try again, and another one is taken; or wait until what uses it has ended.</source>
            <translation>请重试,会改用另一个加速器;或等待占用它的工作结束。</translation>
        </message>
        <message>
            <source>No runtime serves a model of format '{format}'; there are {runtimes}.</source>
            <translation>没有运行时支持 '{format}' 格式的模型；现有 {runtimes}。</translation>
        </message>
        <message>
            <source>Name one with --runtime.</source>
            <translation>请用 --runtime 指定。</translation>
        </message>
        <message>
            <source>{server}: the environment {path} cannot serve this model: {reason}.</source>
            <translation>{server}：环境 {path} 无法为此模型提供服务：{reason}。</translation>
        </message>
        <message>
            <source>Name one that has the packages with --venv, or leave it out to let Tandem make one.</source>
            <translation>请用 --venv 指定包含所需包的环境，或省略让 Tandem 创建。</translation>
        </message>
        <message>
            <source>{server}: the environment could not be made: {reason}.</source>
            <translation>{server}：无法创建环境：{reason}。</translation>
        </message>
        <message>
            <source>See the operation's log in Activity.</source>
            <translation>见活动中的操作日志。</translation>
        </message>
        <message>
            <source>{server}: no usable HAProxy: {reason}.</source>
            <translation>{server}：没有可用的 HAProxy：{reason}。</translation>
        </message>
        <message>
            <source>Install HAProxy 2.6 or newer there, or use an x86-64 or arm64 server with glibc.</source>
            <translation>请在那里安装 HAProxy 2.6 或更新版本，或使用带 glibc 的 x86-64 或 arm64 服务器。</translation>
        </message>
        <message>
            <source>{server}: the router answered '{reason}'.</source>
            <translation>{server}：路由器应答 '{reason}'。</translation>
        </message>
        <message>
            <source>See the deployment's log.</source>
            <translation>见部署日志。</translation>
        </message>
        <message>
            <source>{server}: version {version} was not ready within {timeout_s} s; last lines: {log}.</source>
            <translation>{server}：版本 {version} 在 {timeout_s} 秒内未就绪；最后几行：{log}。</translation>
        </message>
        <message>
            <source>The old version serves on; see the replica's log.</source>
            <translation>旧版本继续服务；见副本日志。</translation>
        </message>
        <message>
            <source>{server}: the replica of version {version} ended with {exit}; last lines: {log}.</source>
            <translation>{server}：版本 {version} 的副本以 {exit} 结束；最后几行：{log}。</translation>
        </message>
        <message>
            <source>See the replica's log; the old version serves on.</source>
            <translation>见副本日志；旧版本继续服务。</translation>
        </message>
        <message>
            <source>{server}: deployment '{name}' was changed by {who} at the same time.</source>
            <translation>{server}：部署 '{name}' 同时被 {who} 更改。</translation>
        </message>
        <message>
            <source>Look at it, then try again.</source>
            <translation>请查看后重试。</translation>
        </message>
        <message>
            <source>{server}: what is kept there of deployment '{name}' cannot be read: {reason}.</source>
            <translation>{server}：无法读取那里保存的部署 '{name}'：{reason}。</translation>
        </message>
        <message>
            <source>Remove the deployment and create it anew.</source>
            <translation>请移除该部署并重新创建。</translation>
        </message>
        <message>
            <source>{server}: deployment '{name}' was made by a newer Tandem (form {found}, this one knows {known}).</source>
            <translation>{server}：部署 '{name}' 由更新的 Tandem 创建（形式 {found}，本版本支持 {known}）。</translation>
        </message>
        <message>
            <source>Update Tandem.</source>
            <translation>请更新 Tandem。</translation>
        </message>
        <message>
            <source>Deployment '{name}' has no earlier release that is still kept.</source>
            <translation>部署 '{name}' 没有仍保留的早期发布。</translation>
        </message>
        <message>
            <source>Use 'tandem deploy update'.</source>
            <translation>请使用 'tandem deploy update'。</translation>
        </message>
        <message>
            <source>Deployment '{name}' answered {status}: {reason}.</source>
            <translation>部署 '{name}' 应答 {status}：{reason}。</translation>
        </message>
        <message>
            <source>Check the input against the model.</source>
            <translation>请对照模型检查输入。</translation>
        </message>
        <message>
            <source>{path} holds no file that would be sent.</source>
            <translation>{path} 中没有可发送的文件。</translation>
        </message>
        <message>
            <source>Name another folder, or let its .gitignore or .tandemignore leave something over.</source>
            <translation>请换一个文件夹，或让它的 .gitignore 或 .tandemignore 留下一些文件。</translation>
        </message>
        <message>
            <source>The code in {path} is {size} in {files} files, over the limit of {limit}; the largest: {largest}.</source>
            <translation>{path} 中的代码有 {size}，共 {files} 个文件，超过上限 {limit}；最大的：{largest}。</translation>
        </message>
        <message>
            <source>Name what is not needed in {path}/.tandemignore, or raise the limit in Settings.</source>
            <translation>请在 {path}/.tandemignore 中写明不需要的文件，或在设置中提高上限。</translation>
        </message>
        <message>
            <source>The code in {path} is more than {limit} files; most of them lie in {largest}.</source>
            <translation>{path} 中的代码超过 {limit} 个文件；多数在 {largest} 中。</translation>
        </message>
        <message>
            <source>Name what is not needed in {path}/.tandemignore.</source>
            <translation>请在 {path}/.tandemignore 中写明不需要的文件。</translation>
        </message>
        <message>
            <source>git cannot tell what belongs to {path}: {reason}.</source>
            <translation>git 无法说明 {path} 包含什么：{reason}。</translation>
        </message>
        <message>
            <source>Mend the repository, or submit a folder that is none.</source>
            <translation>请修复该仓库，或提交一个不是仓库的文件夹。</translation>
        </message>
        <message>
            <source>{path} changed while the code was being sent.</source>
            <translation>{path} 在发送代码时发生了变化。</translation>
        </message>
        <message>
            <source>Submit again when nothing writes to it.</source>
            <translation>请在没有程序写入时重新提交。</translation>
        </message>
        <message>
            <source>How to run {path} cannot be told: it has no '#!' line and is no .py or .sh file.</source>
            <translation>无法判断如何运行 {path}：它没有“#!”行，也不是 .py 或 .sh 文件。</translation>
        </message>
        <message>
            <source>Submit its folder with --code and name the command behind '--'.</source>
            <translation>请用 --code 提交它的文件夹，并在“--”之后写明命令。</translation>
        </message>
        <message>
            <source>{server}: the job's code cannot be laid out: {reason}.</source>
            <translation>{server}：无法展开作业的代码：{reason}。</translation>
        </message>
        <message>
            <source>Submit it again; what is missing is sent then.</source>
            <translation>请重新提交；缺少的部分届时会发送。</translation>
        </message>
        <message>
            <source>Job {id} was submitted without code of its own.</source>
            <translation>作业 {id} 提交时没有随带代码。</translation>
        </message>
        <message>
            <source>Name its folder with --code at submit.</source>
            <translation>提交时用 --code 指明文件夹。</translation>
        </message>
        <message>
            <source>{path} of job {id} is no longer kept on {server}: its place was needed, and the job has changed it.</source>
            <translation>{server} 上不再保存作业 {id} 的 {path}：空间已被占用，且作业改动了它。</translation>
        </message>
        <message>
            <source>Its hash is still known; look into your repository at commit {commit}.</source>
            <translation>它的哈希仍然已知；请在仓库的提交 {commit} 中查找。</translation>
        </message>
        <message>
            <source>The code of job {id} has no file {path}.</source>
            <translation>作业 {id} 的代码中没有文件 {path}。</translation>
        </message>
        <message>
            <source>List its files with 'tandem job code {id}'.</source>
            <translation>用“tandem job code {id}”列出它的文件。</translation>
        </message>
        <message>
            <source>{server}: {path} cannot be the job's Python: {reason}.</source>
            <translation>{server}：{path} 不能作为作业的 Python：{reason}。</translation>
        </message>
        <message>
            <source>Name another with --python, --venv or --conda.</source>
            <translation>请用 --python、--venv 或 --conda 指定另一个。</translation>
        </message>
        <message>
            <source>{server}: conda environment '{name}' cannot be used: {reason}.</source>
            <translation>{server}：无法使用 conda 环境“{name}”：{reason}。</translation>
        </message>
        <message>
            <source>Give one of those names, or the environment's folder.</source>
            <translation>请给出其中一个名称，或该环境的文件夹。</translation>
        </message>
        <message>
            <source>{server}: several conda environments are named '{name}': {prefixes}.</source>
            <translation>{server}：有多个名为“{name}”的 conda 环境：{prefixes}。</translation>
        </message>
        <message>
            <source>Give the folder of the one you mean.</source>
            <translation>请给出您所指环境的文件夹。</translation>
        </message>
        <message>
            <source>The value of secret {name} is not known: it is not in the keyring and was not given.</source>
            <translation>机密 {name} 的值未知：钥匙串中没有，也未给出。</translation>
        </message>
        <message>
            <source>Run it where it can ask you, or keep the value in the keyring when it asks.</source>
            <translation>请在能够询问您的地方运行，或在询问时把值保存到钥匙串。</translation>
        </message>
        <message>
            <source>{server}: no alertd has judged there under this account, so there are no alerts to read.</source>
            <translation>{server}：此账户下还没有 alertd 在那里评判过，因此没有可读取的告警。</translation>
        </message>
        <message>
            <source>Start 'tandem alertd' there, or empty the option alerts.judge to judge in this console.</source>
            <translation>请在那里启动 'tandem alertd'，或清空选项 alerts.judge，由本控制台评判。</translation>
        </message>
        <message>
            <source>This home looks at the alerts that {server} judges, so it must not judge too.</source>
            <translation>此主目录查看的是 {server} 评判的告警，因此不能同时自行评判。</translation>
        </message>
        <message>
            <source>Start alertd with another --home, or empty the option alerts.judge.</source>
            <translation>请用另一个 --home 启动 alertd，或清空选项 alerts.judge。</translation>
        </message>
        <message>
            <source>Another alertd judges the board {path} already.</source>
            <translation>已有另一个 alertd 在评判告警板 {path}。</translation>
        </message>
        <message>
            <source>Look at it with 'systemctl --user status tandem-alertd'; one is enough for all consoles.</source>
            <translation>可用 'systemctl --user status tandem-alertd' 查看；一个就足够所有控制台使用。</translation>
        </message>
        <message>
            <source>Alert {alert} was acknowledged by {who} at {when}.</source>
            <translation>告警 {alert} 已由 {who} 于 {when} 确认。</translation>
        </message>
        <message>
            <source>Ask them, or assign the alert to somebody.</source>
            <translation>请询问对方，或将告警分派给某人。</translation>
        </message>
        <message>
            <source>Alert {alert} changed hands a moment ago: {who} has it now.</source>
            <translation>告警 {alert} 刚刚易手：现在由 {who} 负责。</translation>
        </message>
        <message>
            <source>Look again, then assign it if that is still right.</source>
            <translation>请再看一次，若仍然合适再分派。</translation>
        </message>
        <message>
            <source>Silence {id} is over since {when}, ended by {who}.</source>
            <translation>静默 {id} 已于 {when} 结束，结束者：{who}。</translation>
        </message>
        <message>
            <source>Set a new one if it is still needed.</source>
            <translation>如仍需要，请新建一个。</translation>
        </message>
        <message>
            <source>The {what} was changed by others again and again while this console tried.</source>
            <translation>本控制台尝试期间，{what} 一再被他人更改。</translation>
        </message>
        <message>
            <source>The rules were changed by somebody else since this console read them.</source>
            <translation>自本控制台读取之后，规则已被他人更改。</translation>
        </message>
        <message>
            <source>Look at the rules again, then make your change.</source>
            <translation>请重新查看规则，然后再做更改。</translation>
        </message>
        <message>
            <source>{name} ships with Tandem and cannot be removed.</source>
            <translation>{name} 随 Tandem 提供，无法删除。</translation>
        </message>
        <message>
            <source>Switch it off instead.</source>
            <translation>可以改为将其关闭。</translation>
        </message>
        <message>
            <source>The rules could not be judged because of an error of Tandem itself: {reason}.</source>
            <translation>由于 Tandem 自身的错误，规则未能评判：{reason}。</translation>
        </message>
        <message>
            <source>It is tried again; the log file has details, please report it.</source>
            <translation>会再次尝试；详情见日志文件，请报告此问题。</translation>
        </message>
        <message>
            <source>This machine has no systemd, so no unit can be written.</source>
            <translation>这台机器没有 systemd，因此无法写入单元文件。</translation>
        </message>
        <message>
            <source>Start 'tandem alertd' by what starts services here.</source>
            <translation>请用这里启动服务的方式启动 'tandem alertd'。</translation>
        </message>
        <message>
            <source>The alert rule '{rule}' cannot be used{where}: '{key}' {reason}.</source>
            <translation>告警规则“{rule}”无法使用{where}：“{key}” {reason}。</translation>
        </message>
        <message>
            <source>Correct it there; the keys of a rule and the words of a condition are on its help page.</source>
            <translation>请在该处更正；规则的键和条件的词见其帮助页。</translation>
        </message>
        <message>
            <source>The alert rules cannot be read: {reason}.</source>
            <translation>无法读取告警规则：{reason}。</translation>
        </message>
        <message>
            <source>Correct the file; until then the rules that were read last are judged.</source>
            <translation>请更正文件；在此之前按上次读到的规则评估。</translation>
        </message>
    </context>
    <context>
        <name>command</name>
        <message>
            <source>Search or run a command</source>
            <translation>搜索或运行命令</translation>
        </message>
        <message>
            <source>Find a page, a server, a job or a command.</source>
            <translation>查找页面、服务器、作业或命令。</translation>
        </message>
        <message>
            <source>Read-only</source>
            <translation>只读</translation>
        </message>
        <message>
            <source>Disable every command that changes something.</source>
            <translation>禁用所有会更改内容的命令。</translation>
        </message>
        <message>
            <source>Quit</source>
            <translation>退出</translation>
        </message>
        <message>
            <source>Close the window; jobs and deployments go on on their servers.</source>
            <translation>关闭窗口；作业和部署在服务器上继续运行。</translation>
        </message>
        <message>
            <source>Back up…</source>
            <translation>备份…</translation>
        </message>
        <message>
            <source>Copy everything local into one file.</source>
            <translation>将本机的全部数据复制到一个文件。</translation>
        </message>
        <message>
            <source>Restore…</source>
            <translation>恢复…</translation>
        </message>
        <message>
            <source>Put a backup in place of everything local.</source>
            <translation>用备份替换本机的全部数据。</translation>
        </message>
        <message>
            <source>Check this installation</source>
            <translation>检查本机安装</translation>
        </message>
        <message>
            <source>What works, what does not, what to do.</source>
            <translation>哪些可用、哪些不可用、该怎么做。</translation>
        </message>
        <message>
            <source>Show plugins</source>
            <translation>显示插件</translation>
        </message>
        <message>
            <source>Which plugins are loaded, and which are not and why.</source>
            <translation>哪些插件已加载，哪些未加载及原因。</translation>
        </message>
        <message>
            <source>Approve plugin…</source>
            <translation>批准插件…</translation>
        </message>
        <message>
            <source>Consent to what a third-party plugin's folder holds now.</source>
            <translation>同意第三方插件文件夹当前的内容。</translation>
        </message>
        <message>
            <source>Revoke plugin…</source>
            <translation>撤销插件…</translation>
        </message>
        <message>
            <source>Take the consent to a third-party plugin back.</source>
            <translation>撤回对第三方插件的同意。</translation>
        </message>
        <message>
            <source>Add server…</source>
            <translation>添加服务器…</translation>
        </message>
        <message>
            <source>Enter a server by hand.</source>
            <translation>手动输入服务器。</translation>
        </message>
        <message>
            <source>Import from ssh_config…</source>
            <translation>从 ssh_config 导入…</translation>
        </message>
        <message>
            <source>Enter the hosts of your SSH configuration.</source>
            <translation>导入 SSH 配置中的主机。</translation>
        </message>
        <message>
            <source>Find free GPUs…</source>
            <translation>查找空闲 GPU…</translation>
        </message>
        <message>
            <source>Servers that have so many accelerators to spare now.</source>
            <translation>现在有足够空闲加速器的服务器。</translation>
        </message>
        <message>
            <source>Show saved views</source>
            <translation>显示已保存的视图</translation>
        </message>
        <message>
            <source>The saved views of the fleet.</source>
            <translation>机群的已保存视图。</translation>
        </message>
        <message>
            <source>Save view…</source>
            <translation>保存视图…</translation>
        </message>
        <message>
            <source>Keep filter, grouping and order of the fleet under a name.</source>
            <translation>以一个名称保存机群的筛选、分组和排序。</translation>
        </message>
        <message>
            <source>Forget view</source>
            <translation>移除视图</translation>
        </message>
        <message>
            <source>Forget a saved view of the fleet.</source>
            <translation>移除一个已保存的机群视图。</translation>
        </message>
        <message>
            <source>Sources…</source>
            <translation>数据源…</translation>
        </message>
        <message>
            <source>Systems that already know a site's servers, read instead of polling.</source>
            <translation>已掌握站点服务器状况的系统，读取它们以代替轮询。</translation>
        </message>
        <message>
            <source>Add source…</source>
            <translation>添加数据源…</translation>
        </message>
        <message>
            <source>Read a site's Prometheus for its servers.</source>
            <translation>从站点的 Prometheus 读取其服务器。</translation>
        </message>
        <message>
            <source>Remove source</source>
            <translation>移除数据源</translation>
        </message>
        <message>
            <source>Forget a source and the servers that only it knows.</source>
            <translation>忘记一个数据源以及只有它知道的服务器。</translation>
        </message>
        <message>
            <source>Check source</source>
            <translation>检查数据源</translation>
        </message>
        <message>
            <source>Ask a source once and tell what came.</source>
            <translation>向数据源查询一次并报告结果。</translation>
        </message>
        <message>
            <source>Export history…</source>
            <translation>导出历史数据…</translation>
        </message>
        <message>
            <source>Write the curves of days as CSV or Parquet.</source>
            <translation>把多日的曲线写成 CSV 或 Parquet。</translation>
        </message>
        <message>
            <source>Trust host key…</source>
            <translation>信任主机密钥…</translation>
        </message>
        <message>
            <source>Look at the key that the server shows and trust it.</source>
            <translation>查看服务器出示的密钥并信任它。</translation>
        </message>
        <message>
            <source>Check server</source>
            <translation>检查服务器</translation>
        </message>
        <message>
            <source>Connect and tell what works there.</source>
            <translation>连接并报告那里可用的功能。</translation>
        </message>
        <message>
            <source>Run a command…</source>
            <translation>运行命令…</translation>
        </message>
        <message>
            <source>Run one command line on a server and show what it prints.</source>
            <translation>在服务器上运行一条命令并显示输出。</translation>
        </message>
        <message>
            <source>Push files…</source>
            <translation>上传文件…</translation>
        </message>
        <message>
            <source>Copy a file or folder of this machine to a server; resumes, verifies.</source>
            <translation>把本机的文件或文件夹复制到服务器；可续传，并校验。</translation>
        </message>
        <message>
            <source>Pull files…</source>
            <translation>下载文件…</translation>
        </message>
        <message>
            <source>Copy a file or folder of a server to this machine; resumes, verifies.</source>
            <translation>把服务器上的文件或文件夹复制到本机；可续传，并校验。</translation>
        </message>
        <message>
            <source>Copy between servers…</source>
            <translation>在服务器之间复制…</translation>
        </message>
        <message>
            <source>Copy from one server to others, directly if possible.</source>
            <translation>从一台服务器复制到其他服务器，尽可能直接传输。</translation>
        </message>
        <message>
            <source>Fetch from a URL…</source>
            <translation>从 URL 下载…</translation>
        </message>
        <message>
            <source>Let the server fetch a file from a URL, kept if its hash fits.</source>
            <translation>让服务器从 URL 下载文件，哈希值相符才保留。</translation>
        </message>
        <message>
            <source>Show copies between servers</source>
            <translation>显示服务器间的复制</translation>
        </message>
        <message>
            <source>Copies and fetches that servers do by themselves.</source>
            <translation>服务器自行进行的复制和下载。</translation>
        </message>
        <message>
            <source>Show copy</source>
            <translation>显示复制</translation>
        </message>
        <message>
            <source>How one of them stands on each of its servers.</source>
            <translation>其中一项在各服务器上的状态。</translation>
        </message>
        <message>
            <source>Watch copies again</source>
            <translation>重新关注复制</translation>
        </message>
        <message>
            <source>Follow what went on while no console was open.</source>
            <translation>跟踪控制台关闭期间继续进行的操作。</translation>
        </message>
        <message>
            <source>Cancel copy</source>
            <translation>取消复制</translation>
        </message>
        <message>
            <source>Stop one of them on all its servers.</source>
            <translation>在其所有服务器上停止其中一项。</translation>
        </message>
        <message>
            <source>Run a command on many servers…</source>
            <translation>在多台服务器上运行命令…</translation>
        </message>
        <message>
            <source>Run one command line wherever a filter fits.</source>
            <translation>在符合筛选条件的所有服务器上运行一条命令。</translation>
        </message>
        <message>
            <source>Open terminal</source>
            <translation>打开终端</translation>
        </message>
        <message>
            <source>Open your own terminal on the server.</source>
            <translation>在服务器上打开您自己的终端。</translation>
        </message>
        <message>
            <source>Copy ssh command</source>
            <translation>复制 ssh 命令</translation>
        </message>
        <message>
            <source>The ssh command line that leads to the server.</source>
            <translation>通往该服务器的 ssh 命令行。</translation>
        </message>
        <message>
            <source>Open forward…</source>
            <translation>打开端口转发…</translation>
        </message>
        <message>
            <source>Reach a port of the server through a port of this machine.</source>
            <translation>通过本机端口访问服务器的端口。</translation>
        </message>
        <message>
            <source>Close forward</source>
            <translation>关闭端口转发</translation>
        </message>
        <message>
            <source>Free the local port; its connections end.</source>
            <translation>释放本地端口；其连接将结束。</translation>
        </message>
        <message>
            <source>Browse files</source>
            <translation>浏览文件</translation>
        </message>
        <message>
            <source>Look at the files of the server, change and move them.</source>
            <translation>查看、更改和传送服务器上的文件。</translation>
        </message>
        <message>
            <source>Show text file</source>
            <translation>显示文本文件</translation>
        </message>
        <message>
            <source>Read a small text file of the server.</source>
            <translation>读取服务器上的小型文本文件。</translation>
        </message>
        <message>
            <source>Save text file</source>
            <translation>保存文本文件</translation>
        </message>
        <message>
            <source>Write a small text file on the server.</source>
            <translation>在服务器上写入小型文本文件。</translation>
        </message>
        <message>
            <source>Rename file…</source>
            <translation>重命名文件…</translation>
        </message>
        <message>
            <source>Give a file or folder another name.</source>
            <translation>为文件或文件夹改名。</translation>
        </message>
        <message>
            <source>New folder…</source>
            <translation>新建文件夹…</translation>
        </message>
        <message>
            <source>Make a folder on the server.</source>
            <translation>在服务器上新建文件夹。</translation>
        </message>
        <message>
            <source>Delete files…</source>
            <translation>删除文件…</translation>
        </message>
        <message>
            <source>Delete files and whole folders on the server.</source>
            <translation>删除服务器上的文件和整个文件夹。</translation>
        </message>
        <message>
            <source>Upload…</source>
            <translation>上传…</translation>
        </message>
        <message>
            <source>Copy files and folders of this machine into a folder of the server.</source>
            <translation>将本机的文件和文件夹复制到服务器的文件夹中。</translation>
        </message>
        <message>
            <source>Download…</source>
            <translation>下载…</translation>
        </message>
        <message>
            <source>Copy files and folders of the server to this machine.</source>
            <translation>将服务器上的文件和文件夹复制到本机。</translation>
        </message>
        <message>
            <source>Show processes</source>
            <translation>显示进程</translation>
        </message>
        <message>
            <source>What runs on the server, and what it holds of accelerators.</source>
            <translation>服务器上运行着什么，以及它占用了哪些加速器资源。</translation>
        </message>
        <message>
            <source>End process…</source>
            <translation>结束进程…</translation>
        </message>
        <message>
            <source>Ask a process to end (TERM); it may still save its work.</source>
            <translation>请求进程结束 (TERM)；它仍可保存工作。</translation>
        </message>
        <message>
            <source>Kill process…</source>
            <translation>强制结束进程…</translation>
        </message>
        <message>
            <source>End a process at once (KILL); nothing is saved.</source>
            <translation>立即结束进程 (KILL)；不会保存任何内容。</translation>
        </message>
        <message>
            <source>Show idle holders</source>
            <translation>显示闲置占用</translation>
        </message>
        <message>
            <source>Who keeps accelerators' memory without using them.</source>
            <translation>谁占着加速器的显存却不使用。</translation>
        </message>
        <message>
            <source>Show kept secrets</source>
            <translation>显示已保存的机密</translation>
        </message>
        <message>
            <source>Names of what is kept in the system keyring.</source>
            <translation>系统密钥环中所存内容的名称。</translation>
        </message>
        <message>
            <source>Forget secret…</source>
            <translation>忘记机密…</translation>
        </message>
        <message>
            <source>Take a secret out of the system keyring.</source>
            <translation>从系统密钥环中移除一项机密。</translation>
        </message>
        <message>
            <source>Drain server…</source>
            <translation>排空服务器…</translation>
        </message>
        <message>
            <source>Give it no new jobs and replicas; what runs there goes on.</source>
            <translation>不再给它新的作业和副本；正在运行的照常继续。</translation>
        </message>
        <message>
            <source>Let server work again</source>
            <translation>恢复服务器</translation>
        </message>
        <message>
            <source>Look at its accelerators, then take work again.</source>
            <translation>先检查加速器，再恢复工作。</translation>
        </message>
        <message>
            <source>Show server's work</source>
            <translation>查看服务器的工作</translation>
        </message>
        <message>
            <source>Whether it is drained, what runs and waits there.</source>
            <translation>是否停用，哪些在运行、哪些在等待。</translation>
        </message>
        <message>
            <source>Limit jobs…</source>
            <translation>限制作业数…</translation>
        </message>
        <message>
            <source>How many jobs may run at once on the server.</source>
            <translation>这台服务器上可以同时运行多少作业。</translation>
        </message>
        <message>
            <source>Remove server…</source>
            <translation>移除服务器…</translation>
        </message>
        <message>
            <source>Take it out of the inventory; nothing is changed there.</source>
            <translation>从清单中移除；不更改服务器上的任何内容。</translation>
        </message>
        <message>
            <source>Clean server…</source>
            <translation>清理服务器…</translation>
        </message>
        <message>
            <source>Remove all that Tandem ever left on it.</source>
            <translation>删除 Tandem 在其上留下的一切。</translation>
        </message>
        <message>
            <source>Read equipment</source>
            <translation>读取设备清单</translation>
        </message>
        <message>
            <source>Versions and serials, what differs in its group, changes.</source>
            <translation>版本与序列号、组内差异及变更。</translation>
        </message>
        <message>
            <source>Privileges…</source>
            <translation>特权操作…</translation>
        </message>
        <message>
            <source>Which acts by sudo are on, and what each would run.</source>
            <translation>启用了哪些 sudo 操作，以及各自执行的命令。</translation>
        </message>
        <message>
            <source>Restart server…</source>
            <translation>重启服务器…</translation>
        </message>
        <message>
            <source>Restart it by sudo; everything that runs there ends.</source>
            <translation>通过 sudo 重启；其上运行的一切都会结束。</translation>
        </message>
        <message>
            <source>Set persistence mode</source>
            <translation>设置持久模式</translation>
        </message>
        <message>
            <source>Keep the driver loaded while nothing uses the GPU.</source>
            <translation>无程序使用该 GPU 时保持驱动加载。</translation>
        </message>
        <message>
            <source>Set power limit…</source>
            <translation>设置功率上限…</translation>
        </message>
        <message>
            <source>Change how much power a GPU may draw.</source>
            <translation>更改 GPU 允许的功率。</translation>
        </message>
        <message>
            <source>Reset GPU…</source>
            <translation>重置 GPU…</translation>
        </message>
        <message>
            <source>Reset a GPU that nothing holds.</source>
            <translation>重置未被占用的 GPU。</translation>
        </message>
        <message>
            <source>Submit job…</source>
            <translation>提交作业…</translation>
        </message>
        <message>
            <source>Run a command or a recipe on a server.</source>
            <translation>在服务器上运行命令或配方。</translation>
        </message>
        <message>
            <source>Cancel job</source>
            <translation>取消作业</translation>
        </message>
        <message>
            <source>End it: a polite signal, then a hard one.</source>
            <translation>结束它：先礼貌信号，后强制信号。</translation>
        </message>
        <message>
            <source>Checkpoint and stop</source>
            <translation>存检查点并停止</translation>
        </message>
        <message>
            <source>Let it save a checkpoint, then end it; in time by force.</source>
            <translation>让它存检查点后结束;超时则强制结束。</translation>
        </message>
        <message>
            <source>Run again</source>
            <translation>再次运行</translation>
        </message>
        <message>
            <source>Submit the same once more: same server, same code, a new job.</source>
            <translation>原样再提交一次：同一服务器，同样的代码，新的作业。</translation>
        </message>
        <message>
            <source>Work from elsewhere</source>
            <translation>外来作业</translation>
        </message>
        <message>
            <source>What uses accelerators without being a job of Tandem.</source>
            <translation>占用加速器但不是 Tandem 作业的进程。</translation>
        </message>
        <message>
            <source>Adopt process…</source>
            <translation>接管进程…</translation>
        </message>
        <message>
            <source>Watch a running process as a job from now on.</source>
            <translation>从现在起把正在运行的进程作为作业监视。</translation>
        </message>
        <message>
            <source>Note and tags…</source>
            <translation>备注和标签…</translation>
        </message>
        <message>
            <source>Keep a note and tags with the job, in this console only.</source>
            <translation>为作业保存备注和标签，仅在本控制台中。</translation>
        </message>
        <message>
            <source>Compare runs…</source>
            <translation>比较运行…</translation>
        </message>
        <message>
            <source>Two runs side by side: spec, code, environment, metrics.</source>
            <translation>并排比较两次运行：规格、代码、环境、指标。</translation>
        </message>
        <message>
            <source>Show utilization</source>
            <translation>显示利用率</translation>
        </message>
        <message>
            <source>How well jobs used the accelerators that they held.</source>
            <translation>作业对所占加速器的使用情况。</translation>
        </message>
        <message>
            <source>Show cost</source>
            <translation>显示费用</translation>
        </message>
        <message>
            <source>What jobs cost by their servers' rates.</source>
            <translation>按服务器费率计算的作业费用。</translation>
        </message>
        <message>
            <source>Fetch outputs…</source>
            <translation>取回输出…</translation>
        </message>
        <message>
            <source>Copy the files that the job left to this machine.</source>
            <translation>将作业留下的文件复制到本机。</translation>
        </message>
        <message>
            <source>Fetch code…</source>
            <translation>取回代码…</translation>
        </message>
        <message>
            <source>Copy the code that the job ran into a new folder of this machine.</source>
            <translation>把作业运行的代码复制到本机的一个新文件夹。</translation>
        </message>
        <message>
            <source>Show alerts</source>
            <translation>显示告警</translation>
        </message>
        <message>
            <source>What is wrong now, who has it and what to do next.</source>
            <translation>当前的问题、由谁处理、下一步做什么。</translation>
        </message>
        <message>
            <source>Show past alerts</source>
            <translation>显示历史告警</translation>
        </message>
        <message>
            <source>Alerts that are over, and when nothing was judged.</source>
            <translation>已结束的告警，以及何时无人评估。</translation>
        </message>
        <message>
            <source>Show alert</source>
            <translation>显示告警</translation>
        </message>
        <message>
            <source>One alert, what changed before it, and how often it was before.</source>
            <translation>一个告警、其之前的变化及以往发生次数。</translation>
        </message>
        <message>
            <source>Show alert rules</source>
            <translation>显示告警规则</translation>
        </message>
        <message>
            <source>The rules that are judged: the defaults and your own.</source>
            <translation>所评估的规则：默认的和自定义的。</translation>
        </message>
        <message>
            <source>Add alert rule…</source>
            <translation>添加告警规则…</translation>
        </message>
        <message>
            <source>A rule of your own, or one in place of a default.</source>
            <translation>自定义规则，或替代某条默认规则。</translation>
        </message>
        <message>
            <source>Remove alert rule</source>
            <translation>移除告警规则</translation>
        </message>
        <message>
            <source>Take away a rule of your own; a default counts again.</source>
            <translation>移除自定义规则；默认规则重新生效。</translation>
        </message>
        <message>
            <source>Show silences</source>
            <translation>显示静默</translation>
        </message>
        <message>
            <source>What is silenced, until when, why and by whom.</source>
            <translation>静默了什么、到何时、原因及操作者。</translation>
        </message>
        <message>
            <source>Silence alerts…</source>
            <translation>静默告警…</translation>
        </message>
        <message>
            <source>Send nothing for what matches until the silence ends.</source>
            <translation>静默结束前，匹配的告警不发送。</translation>
        </message>
        <message>
            <source>End silence</source>
            <translation>结束静默</translation>
        </message>
        <message>
            <source>End a silence before its time.</source>
            <translation>提前结束静默。</translation>
        </message>
        <message>
            <source>Acknowledge alert</source>
            <translation>确认告警</translation>
        </message>
        <message>
            <source>Say that you know of it; everybody sees who did.</source>
            <translation>表示你已知悉；所有人都能看到。</translation>
        </message>
        <message>
            <source>Assign alert…</source>
            <translation>指派告警…</translation>
        </message>
        <message>
            <source>Give an alert to somebody.</source>
            <translation>把告警交给某人。</translation>
        </message>
        <message>
            <source>Show channels</source>
            <translation>显示通知渠道</translation>
        </message>
        <message>
            <source>By what people are told of alerts.</source>
            <translation>通过哪些渠道把告警通知给人。</translation>
        </message>
        <message>
            <source>Show deliveries</source>
            <translation>显示通知发送情况</translation>
        </message>
        <message>
            <source>What was sent of alerts, and what could not be.</source>
            <translation>哪些告警已经发出，哪些未能发出。</translation>
        </message>
        <message>
            <source>Set up channel…</source>
            <translation>设置通知渠道…</translation>
        </message>
        <message>
            <source>Add a way by which people are told, or change one.</source>
            <translation>添加或修改一个通知渠道。</translation>
        </message>
        <message>
            <source>Remove channel</source>
            <translation>删除通知渠道</translation>
        </message>
        <message>
            <source>Forget a way to tell people, and its secrets.</source>
            <translation>删除一个通知渠道及其密钥。</translation>
        </message>
        <message>
            <source>Test channel</source>
            <translation>测试通知渠道</translation>
        </message>
        <message>
            <source>Send a test message through a channel and tell the answer.</source>
            <translation>通过渠道发送一条测试消息，并显示对方的答复。</translation>
        </message>
        <message>
            <source>Register model…</source>
            <translation>登记模型…</translation>
        </message>
        <message>
            <source>Add a version from a file here or on a server.</source>
            <translation>从本机或服务器上的文件添加版本。</translation>
        </message>
        <message>
            <source>Set alias…</source>
            <translation>设置别名…</translation>
        </message>
        <message>
            <source>Point a name such as champion at a version.</source>
            <translation>让 champion 之类的名称指向某个版本。</translation>
        </message>
        <message>
            <source>Deploy…</source>
            <translation>部署…</translation>
        </message>
        <message>
            <source>Serve a version behind the router.</source>
            <translation>在路由器之后提供某个版本的服务。</translation>
        </message>
        <message>
            <source>Switch version…</source>
            <translation>切换版本…</translation>
        </message>
        <message>
            <source>Move the traffic to another version, no request lost.</source>
            <translation>将流量切换到另一版本，不丢失请求。</translation>
        </message>
        <message>
            <source>Roll back</source>
            <translation>回滚</translation>
        </message>
        <message>
            <source>Move the traffic back to the release before.</source>
            <translation>将流量切回上一个发布。</translation>
        </message>
        <message>
            <source>Remove deployment…</source>
            <translation>移除部署…</translation>
        </message>
        <message>
            <source>Stop its replicas and its router.</source>
            <translation>停止其副本和路由器。</translation>
        </message>
        <message>
            <source>Try it…</source>
            <translation>试用…</translation>
        </message>
        <message>
            <source>Send one request through an encrypted forward.</source>
            <translation>通过加密转发发送一个请求。</translation>
        </message>
    </context>
    <context>
        <name>option</name>
        <message>
            <source>Theme</source>
            <translation>主题</translation>
        </message>
        <message>
            <source>Colours of the window.</source>
            <translation>窗口的颜色。</translation>
        </message>
        <message>
            <source>Language</source>
            <translation>语言</translation>
        </message>
        <message>
            <source>Language of the window.</source>
            <translation>窗口的语言。</translation>
        </message>
        <message>
            <source>Times in UTC</source>
            <translation>使用 UTC 时间</translation>
        </message>
        <message>
            <source>Show times in UTC instead of this machine's zone.</source>
            <translation>以 UTC 而不是本机时区显示时间。</translation>
        </message>
        <message>
            <source>Read-only</source>
            <translation>只读</translation>
        </message>
        <message>
            <source>Disable every command that changes something.</source>
            <translation>禁用所有会更改内容的命令。</translation>
        </message>
        <message>
            <source>Sampling interval</source>
            <translation>采样间隔</translation>
        </message>
        <message>
            <source>Seconds between two samples of a server.</source>
            <translation>同一服务器两次采样之间的秒数。</translation>
        </message>
        <message>
            <source>Stale after</source>
            <translation>过期时间</translation>
        </message>
        <message>
            <source>Seconds without data after which values are shown as old.</source>
            <translation>无数据多少秒后数值显示为过期。</translation>
        </message>
        <message>
            <source>Connect timeout</source>
            <translation>连接超时</translation>
        </message>
        <message>
            <source>Seconds in all for one attempt to connect.</source>
            <translation>一次连接尝试的总秒数。</translation>
        </message>
        <message>
            <source>Parallel connects</source>
            <translation>并行连接数</translation>
        </message>
        <message>
            <source>Attempts to connect at the same time.</source>
            <translation>同时进行的连接尝试。</translation>
        </message>
        <message>
            <source>History kept</source>
            <translation>历史保留</translation>
        </message>
        <message>
            <source>Days of charts kept in the database.</source>
            <translation>数据库中保留图表的天数。</translation>
        </message>
        <message>
            <source>History at most</source>
            <translation>历史数据上限</translation>
        </message>
        <message>
            <source>MiB that charts may take of the database; the oldest are forgotten beyond that.</source>
            <translation>图表数据在数据库中最多占用的 MiB；超过后最旧的会被丢弃。</translation>
        </message>
        <message>
            <source>Compare servers by label</source>
            <translation>按标签比较服务器</translation>
        </message>
        <message>
            <source>Servers with one value of this label should be alike; those without it are compared by role.</source>
            <translation>此标签取值相同的服务器应当一致；没有该标签的按角色比较。</translation>
        </message>
        <message>
            <source>Idle below</source>
            <translation>空闲阈值</translation>
        </message>
        <message>
            <source>Mean utilization in percent below which an accelerator counts as idle.</source>
            <translation>平均利用率低于此百分比时，加速器视为空闲。</translation>
        </message>
        <message>
            <source>Idle after</source>
            <translation>空闲时长</translation>
        </message>
        <message>
            <source>Minutes below that before whoever holds its memory is listed as an idle holder.</source>
            <translation>低于阈值多少分钟后，占用其显存者被列为空闲占用者。</translation>
        </message>
        <message>
            <source>Code of a job</source>
            <translation>作业的代码</translation>
        </message>
        <message>
            <source>MiB that the code of one job may be.</source>
            <translation>单个作业的代码上限（MiB）。</translation>
        </message>
        <message>
            <source>Code kept on a server</source>
            <translation>服务器上保存的代码</translation>
        </message>
        <message>
            <source>MiB of code that a server keeps for later jobs; what living jobs use is never removed.</source>
            <translation>服务器为以后的作业保存的代码量（MiB）；仍在运行的作业所用的代码绝不会被删除。</translation>
        </message>
        <message>
            <source>Desktop notifications</source>
            <translation>桌面通知</translation>
        </message>
        <message>
            <source>Show an icon in the desktop's tray and tell there what fires; a desktop without one is told in the window.</source>
            <translation>在桌面托盘显示图标并在那里通知触发的告警；没有托盘的桌面则在窗口中通知。</translation>
        </message>
        <message>
            <source>Sound</source>
            <translation>声音</translation>
        </message>
        <message>
            <source>Sound the system's bell when an alert fires.</source>
            <translation>告警触发时响系统提示音。</translation>
        </message>
        <message>
            <source>Prometheus endpoint</source>
            <translation>Prometheus 端点</translation>
        </message>
        <message>
            <source>Tell the fleet's numbers to a Prometheus on this machine, on 127.0.0.1 only, while Tandem runs.</source>
            <translation>Tandem 运行时，仅在 127.0.0.1 上向本机的 Prometheus 提供集群的数值。</translation>
        </message>
        <message>
            <source>Port of the endpoint</source>
            <translation>端点的端口</translation>
        </message>
        <message>
            <source>TCP port of the Prometheus endpoint.</source>
            <translation>Prometheus 端点的 TCP 端口。</translation>
        </message>
        <message>
            <source>Alerts are judged by</source>
            <translation>告警评判者</translation>
        </message>
        <message>
            <source>Server whose alertd judges the alerts; empty where this console and its own alertd do.</source>
            <translation>由哪台服务器的 alertd 评判告警；留空则由本控制台及其自己的 alertd 评判。</translation>
        </message>
        <message>
            <source>Judge alerts every</source>
            <translation>告警评判间隔</translation>
        </message>
        <message>
            <source>Seconds between two looks at the rules or at the board of who judges them.</source>
            <translation>两次评判规则（或查看评判者告警板）之间的秒数。</translation>
        </message>
        <message>
            <source>Currency</source>
            <translation>货币</translation>
        </message>
        <message>
            <source>Sign shown beside costs.</source>
            <translation>费用旁显示的符号。</translation>
        </message>
    </context>
    <context>
        <name>health</name>
        <message>
            <source>The GPU stopped processing (idle timeout)</source>
            <translation>GPU 停止处理（空闲超时）</translation>
        </message>
        <message>
            <source>Restart the application.</source>
            <translation>重启应用程序。</translation>
        </message>
        <message>
            <source>Corrupted command stream (push buffer)</source>
            <translation>命令流损坏（推送缓冲区）</translation>
        </message>
        <message>
            <source>Graphics engine exception, mostly a fault of the application</source>
            <translation>图形引擎异常，多为应用程序错误</translation>
        </message>
        <message>
            <source>Memory page fault, mostly a fault of the application</source>
            <translation>内存页错误，多为应用程序错误</translation>
        </message>
        <message>
            <source>Driver firmware error</source>
            <translation>驱动固件错误</translation>
        </message>
        <message>
            <source>Nothing to do.</source>
            <translation>无需处理。</translation>
        </message>
        <message>
            <source>Nothing to do at once; if it comes again, contact the vendor.</source>
            <translation>暂时无需处理；若再次出现，请联系厂商。</translation>
        </message>
        <message>
            <source>Copy engine error</source>
            <translation>复制引擎错误</translation>
        </message>
        <message>
            <source>The application was stopped after a fault of its own</source>
            <translation>应用程序因自身错误被停止</translation>
        </message>
        <message>
            <source>Graphics engine fault during a context switch</source>
            <translation>上下文切换期间图形引擎故障</translation>
        </message>
        <message>
            <source>Channels were cleaned up, mostly after another error</source>
            <translation>通道已清理，多由其他错误引起</translation>
        </message>
        <message>
            <source>Look at the XID beside it; where it stands alone, restart the fabric manager.</source>
            <translation>请看同时出现的 XID；若它单独出现，请重启 fabric manager。</translation>
        </message>
        <message>
            <source>The GPU stopped processing</source>
            <translation>GPU 停止处理</translation>
        </message>
        <message>
            <source>Reset the GPU.</source>
            <translation>重置 GPU。</translation>
        </message>
        <message>
            <source>Uncorrectable memory error (double-bit ECC)</source>
            <translation>不可纠正的显存错误（双位 ECC）</translation>
        </message>
        <message>
            <source>Drain the server and reset the GPU.</source>
            <translation>排空服务器并重置 GPU。</translation>
        </message>
        <message>
            <source>Auxiliary power is not connected</source>
            <translation>未连接辅助电源</translation>
        </message>
        <message>
            <source>Check the power cables.</source>
            <translation>检查电源线。</translation>
        </message>
        <message>
            <source>Video processor exception</source>
            <translation>视频处理器异常</translation>
        </message>
        <message>
            <source>Internal micro-controller halt</source>
            <translation>内部微控制器停止</translation>
        </message>
        <message>
            <source>A memory row is set to be remapped</source>
            <translation>显存行已登记待重映射</translation>
        </message>
        <message>
            <source>Remapping a memory row failed</source>
            <translation>显存行重映射失败</translation>
        </message>
        <message>
            <source>Illegal access by the driver</source>
            <translation>驱动程序的非法访问</translation>
        </message>
        <message>
            <source>Video decoder (NVDEC) error</source>
            <translation>视频解码器（NVDEC）错误</translation>
        </message>
        <message>
            <source>Graphics engine class error</source>
            <translation>图形引擎类错误</translation>
        </message>
        <message>
            <source>NVLink error</source>
            <translation>NVLink 错误</translation>
        </message>
        <message>
            <source>Check the NVLink's state and cabling; reset the GPU where links are down.</source>
            <translation>检查 NVLink 状态和线缆；链路断开时重置 GPU。</translation>
        </message>
        <message>
            <source>A virtual GPU could not start</source>
            <translation>虚拟 GPU 无法启动</translation>
        </message>
        <message>
            <source>Update driver and firmware.</source>
            <translation>更新驱动和固件。</translation>
        </message>
        <message>
            <source>The GPU has fallen off the bus</source>
            <translation>GPU 已从总线脱落</translation>
        </message>
        <message>
            <source>Restart the server; if it comes again, have the hardware looked at.</source>
            <translation>重启服务器；若再次出现，请检查硬件。</translation>
        </message>
        <message>
            <source>Corrupted data sent to the GPU</source>
            <translation>发送到 GPU 的数据已损坏</translation>
        </message>
        <message>
            <source>JPEG decoder (NVJPG) error</source>
            <translation>JPEG 解码器（NVJPG）错误</translation>
        </message>
        <message>
            <source>Optical flow engine (OFA) error</source>
            <translation>光流引擎（OFA）错误</translation>
        </message>
        <message>
            <source>Many correctable memory errors</source>
            <translation>大量可纠正的显存错误</translation>
        </message>
        <message>
            <source>The InfoROM is written more often than it should be</source>
            <translation>InfoROM 的写入次数超出应有限度</translation>
        </message>
        <message>
            <source>Contained uncorrectable memory error</source>
            <translation>已隔离的不可纠正显存错误</translation>
        </message>
        <message>
            <source>Uncontained uncorrectable memory error</source>
            <translation>未隔离的不可纠正显存错误</translation>
        </message>
        <message>
            <source>Test message (SMBPBI)</source>
            <translation>测试消息（SMBPBI）</translation>
        </message>
        <message>
            <source>Context switch timed out</source>
            <translation>上下文切换超时</translation>
        </message>
        <message>
            <source>Security fault</source>
            <translation>安全故障</translation>
        </message>
        <message>
            <source>The GPU's system processor (GSP) did not answer</source>
            <translation>GPU 系统处理器（GSP）无响应</translation>
        </message>
        <message>
            <source>Error of the GPU's system processor (GSP)</source>
            <translation>GPU 系统处理器（GSP）错误</translation>
        </message>
        <message>
            <source>Error of the chip-to-chip link (C2C)</source>
            <translation>芯片间链路（C2C）错误</translation>
        </message>
        <message>
            <source>Link training failed</source>
            <translation>链路训练失败</translation>
        </message>
        <message>
            <source>NVLink privilege error</source>
            <translation>NVLink 权限错误</translation>
        </message>
        <message>
            <source>Unrecovered memory error (ECC)</source>
            <translation>未恢复的显存错误（ECC）</translation>
        </message>
        <message>
            <source>CUDA fast path error</source>
            <translation>CUDA 快速路径错误</translation>
        </message>
        <message>
            <source>Video encoder (NVENC) error</source>
            <translation>视频编码器（NVENC）错误</translation>
        </message>
        <message>
            <source>Contact the vendor.</source>
            <translation>请联系厂商。</translation>
        </message>
        <message>
            <source>GPU initialization failed</source>
            <translation>GPU 初始化失败</translation>
        </message>
        <message>
            <source>NVLink error (SAW)</source>
            <translation>NVLink 错误（SAW）</translation>
        </message>
        <message>
            <source>Decode the numbers of its log line with NVIDIA's table for XID 144 to 150.</source>
            <translation>请用 NVIDIA 的 XID 144 至 150 对照表解读日志行中的数字。</translation>
        </message>
        <message>
            <source>NVLink error (RLW)</source>
            <translation>NVLink 错误（RLW）</translation>
        </message>
        <message>
            <source>NVLink error (TLW)</source>
            <translation>NVLink 错误（TLW）</translation>
        </message>
        <message>
            <source>NVLink error (TREX)</source>
            <translation>NVLink 错误（TREX）</translation>
        </message>
        <message>
            <source>NVLink error (NVLPW_CTRL)</source>
            <translation>NVLink 错误（NVLPW_CTRL）</translation>
        </message>
        <message>
            <source>NVLink error (NETIR)</source>
            <translation>NVLink 错误（NETIR）</translation>
        </message>
        <message>
            <source>NVLink error (MSE)</source>
            <translation>NVLink 错误（MSE）</translation>
        </message>
        <message>
            <source>Key rotation failed</source>
            <translation>密钥轮换失败</translation>
        </message>
        <message>
            <source>Restart the virtual machine.</source>
            <translation>重启虚拟机。</translation>
        </message>
        <message>
            <source>Deep learning accelerator (DLA): memory unit error</source>
            <translation>深度学习加速器（DLA）：内存单元错误</translation>
        </message>
        <message>
            <source>Deep learning accelerator (DLA): timeout</source>
            <translation>深度学习加速器（DLA）：超时</translation>
        </message>
        <message>
            <source>The recommended recovery action changed</source>
            <translation>建议的恢复操作已改变</translation>
        </message>
        <message>
            <source>Do what the recovery action says.</source>
            <translation>按恢复操作的提示执行。</translation>
        </message>
        <message>
            <source>NVLink error defined by software</source>
            <translation>由软件定义的 NVLink 错误</translation>
        </message>
        <message>
            <source>Resource retirement event</source>
            <translation>资源停用事件</translation>
        </message>
        <message>
            <source>Resource retirement failed</source>
            <translation>资源停用失败</translation>
        </message>
        <message>
            <source>GPU fatal timeout</source>
            <translation>GPU 致命超时</translation>
        </message>
        <message>
            <source>Non-data error on the chip's bus (CHI)</source>
            <translation>芯片总线（CHI）上的非数据错误</translation>
        </message>
        <message>
            <source>Look at the XID beside it; where it stands alone, contact the vendor.</source>
            <translation>请看同时出现的 XID；若它单独出现，请联系厂商。</translation>
        </message>
        <message>
            <source>Channel retirement event</source>
            <translation>通道停用事件</translation>
        </message>
        <message>
            <source>Channel retirement failed</source>
            <translation>通道停用失败</translation>
        </message>
        <message>
            <source>Power smoothing works again</source>
            <translation>功率平滑已恢复</translation>
        </message>
        <message>
            <source>NVIDIA's catalogue names no action.</source>
            <translation>NVIDIA 的目录没有给出处理办法。</translation>
        </message>
        <message>
            <source>Power smoothing stopped</source>
            <translation>功率平滑已停止</translation>
        </message>
        <message>
            <source>Power smoothing hardware: low lifetime reached</source>
            <translation>功率平滑硬件：剩余寿命偏低</translation>
        </message>
        <message>
            <source>Power smoothing hardware: lifetime exhausted</source>
            <translation>功率平滑硬件：寿命已耗尽</translation>
        </message>
        <message>
            <source>Encrypted NVLink traffic before the link was ready for it</source>
            <translation>链路就绪之前出现加密的 NVLink 流量</translation>
        </message>
        <message>
            <source>PCIe fatal timeout</source>
            <translation>PCIe 致命超时</translation>
        </message>
        <message>
            <source>Less GPU memory: errors in the write-protected region</source>
            <translation>GPU 显存减少：写保护区域出现错误</translation>
        </message>
        <message>
            <source>Internal micro-controller halt (SEC2)</source>
            <translation>内部微控制器停机（SEC2）</translation>
        </message>
        <message>
            <source>NVLink interrupt in confidential mode</source>
            <translation>机密模式下的 NVLink 中断</translation>
        </message>
        <message>
            <source>Uncorrectable memory error in DRAM</source>
            <translation>DRAM 不可纠正错误</translation>
        </message>
        <message>
            <source>It tells more of an XID 48: do what that one says.</source>
            <translation>它是 XID 48 的补充说明：请按 XID 48 处理。</translation>
        </message>
        <message>
            <source>Uncorrectable memory error in SRAM</source>
            <translation>SRAM 不可纠正错误</translation>
        </message>
        <message>
            <source>Look it up in NVIDIA's XID catalogue.</source>
            <translation>请查阅 NVIDIA 的 XID 目录。</translation>
        </message>
        <message>
            <source>set by application clocks</source>
            <translation>由应用频率设定</translation>
        </message>
        <message>
            <source>power limit reached</source>
            <translation>达到功率上限</translation>
        </message>
        <message>
            <source>hardware slowdown</source>
            <translation>硬件降频</translation>
        </message>
        <message>
            <source>kept in step with other GPUs</source>
            <translation>与其他 GPU 同步</translation>
        </message>
        <message>
            <source>too warm (driver slows down)</source>
            <translation>过热（驱动降频）</translation>
        </message>
        <message>
            <source>too hot (hardware slows down)</source>
            <translation>严重过热（硬件降频）</translation>
        </message>
        <message>
            <source>power brake from outside</source>
            <translation>外部功率制动</translation>
        </message>
        <message>
            <source>set by display clocks</source>
            <translation>由显示频率设定</translation>
        </message>
        <message>
            <source>none</source>
            <translation>无</translation>
        </message>
        <message>
            <source>reset the GPU</source>
            <translation>重置 GPU</translation>
        </message>
        <message>
            <source>restart the server</source>
            <translation>重启服务器</translation>
        </message>
        <message>
            <source>stop peer-to-peer work, then reset</source>
            <translation>停止点对点任务后重置</translation>
        </message>
        <message>
            <source>let the work end, then reset the GPU</source>
            <translation>待任务结束后重置 GPU</translation>
        </message>
        <message>
            <source>recover the IMEX domain</source>
            <translation>恢复 IMEX 域</translation>
        </message>
        <message>
            <source>reset the PCI bus</source>
            <translation>重置 PCI 总线</translation>
        </message>
        <message>
            <source>XID {code}: {meaning}</source>
            <translation>XID {code}：{meaning}</translation>
        </message>
        <message>
            <source>unknown XID {code}</source>
            <translation>未知的 XID {code}</translation>
        </message>
        <message>
            <source>The driver recommends: {action}</source>
            <translation>驱动建议：{action}</translation>
        </message>
        <message>
            <source>{count} uncorrectable memory errors since the driver was loaded</source>
            <translation>驱动加载以来有 {count} 个不可纠正的显存错误</translation>
        </message>
        <message>
            <source>A memory row waits to be remapped</source>
            <translation>有显存行等待重映射</translation>
        </message>
        <message>
            <source>Memory pages wait to be retired</source>
            <translation>有显存页等待停用</translation>
        </message>
        <message>
            <source>PCIe runs at generation {generation} × {width} of {generation_max} × {width_max}</source>
            <translation>PCIe 运行于第 {generation} 代 × {width}，最高第 {generation_max} 代 × {width_max}</translation>
        </message>
        <message>
            <source>Slowed down: {reason}</source>
            <translation>已降频：{reason}</translation>
        </message>
        <message>
            <source>No permission to read the kernel log, so XIDs are not seen</source>
            <translation>无权读取内核日志，因此看不到 XID</translation>
        </message>
        <message>
            <source>Do so when nothing runs on it.</source>
            <translation>请在其空闲时执行。</translation>
        </message>
        <message>
            <source>Reset the GPU; if they come again, have the card replaced.</source>
            <translation>重置 GPU；若再次出现，请更换该卡。</translation>
        </message>
        <message>
            <source>Have the card replaced.</source>
            <translation>请更换该卡。</translation>
        </message>
        <message>
            <source>Reset the GPU when it is free.</source>
            <translation>空闲时重置 GPU。</translation>
        </message>
        <message>
            <source>Restart the server when it is free.</source>
            <translation>空闲时重启服务器。</translation>
        </message>
        <message>
            <source>Under load it should be at its best: check the slot, the riser and the BIOS.</source>
            <translation>负载下应达到最高：请检查插槽、转接卡和 BIOS。</translation>
        </message>
        <message>
            <source>Check cooling and power supply.</source>
            <translation>检查散热和供电。</translation>
        </message>
        <message>
            <source>Let the account read it (group adm or systemd-journal), or switch on kernel_log.</source>
            <translation>让账户可读取它（adm 或 systemd-journal 组），或启用 kernel_log。</translation>
        </message>
    </context>
    <context>
        <name>plan</name>
        <message>
            <source>Push {what} to {where}</source>
            <translation>推送 {what} 到 {where}</translation>
        </message>
        <message>
            <source>Pull {what} from {where}</source>
            <translation>从 {where} 拉取 {what}</translation>
        </message>
        <message>
            <source>Upload {count} things to {where}</source>
            <translation>上传 {count} 项到 {where}</translation>
        </message>
        <message>
            <source>Upload {what} to {where}</source>
            <translation>上传 {what} 到 {where}</translation>
        </message>
        <message>
            <source>Download {count} things from {where}</source>
            <translation>从 {where} 下载 {count} 项</translation>
        </message>
        <message>
            <source>Download {what} from {where}</source>
            <translation>从 {where} 下载 {what}</translation>
        </message>
        <message>
            <source>Copy {what} from {server} to {where}</source>
            <translation>将 {what} 从 {server} 复制到 {where}</translation>
        </message>
        <message>
            <source>Fetch the outputs of {job}</source>
            <translation>取回 {job} 的输出</translation>
        </message>
        <message>
            <source>Fetch the code of {job}</source>
            <translation>取回 {job} 的代码</translation>
        </message>
        <message>
            <source>Fetch {what} on {where}</source>
            <translation>在 {where} 上获取 {what}</translation>
        </message>
        <message>
            <source>Delete {count} things on {where}</source>
            <translation>删除 {where} 上的 {count} 项</translation>
        </message>
        <message>
            <source>Delete {what} on {where}</source>
            <translation>删除 {where} 上的 {what}</translation>
        </message>
        <message>
            <source>Cancel: {what}</source>
            <translation>取消：{what}</translation>
        </message>
        <message>
            <source>Cancel {job} on {where}</source>
            <translation>取消 {where} 上的 {job}</translation>
        </message>
        <message>
            <source>Submit {job} to {where}</source>
            <translation>提交 {job} 到 {where}</translation>
        </message>
        <message>
            <source>Run {job} again on {where}</source>
            <translation>在 {where} 上重新运行 {job}</translation>
        </message>
        <message>
            <source>Checkpoint and stop {job} on {where}</source>
            <translation>在 {where} 上为 {job} 保存检查点并停止</translation>
        </message>
        <message>
            <source>Run a command on {count} servers</source>
            <translation>在 {count} 台服务器上运行命令</translation>
        </message>
        <message>
            <source>Run a command on {where}</source>
            <translation>在 {where} 上运行命令</translation>
        </message>
        <message>
            <source>Run the round</source>
            <translation>运行演示流程</translation>
        </message>
        <message>
            <source>Adopt process {pid} on {where}</source>
            <translation>接管 {where} 上的进程 {pid}</translation>
        </message>
        <message>
            <source>End process {pid} of {user} on {where}</source>
            <translation>结束 {where} 上 {user} 的进程 {pid}</translation>
        </message>
        <message>
            <source>Kill process {pid} of {user} on {where}</source>
            <translation>强制结束 {where} 上 {user} 的进程 {pid}</translation>
        </message>
        <message>
            <source>Add {what} as a version of {model}</source>
            <translation>将 {what} 添加为 {model} 的一个版本</translation>
        </message>
        <message>
            <source>Deploy {version} to {where} as {name}</source>
            <translation>将 {version} 部署到 {where}，名为 {name}</translation>
        </message>
        <message>
            <source>Switch {name} to {version}</source>
            <translation>将 {name} 切换到 {version}</translation>
        </message>
        <message>
            <source>Roll {name} back</source>
            <translation>回滚 {name}</translation>
        </message>
        <message>
            <source>Remove deployment {name} from {where}</source>
            <translation>从 {where} 移除部署 {name}</translation>
        </message>
        <message>
            <source>Drain {where}</source>
            <translation>排空 {where}</translation>
        </message>
        <message>
            <source>Let {where} work again</source>
            <translation>让 {where} 恢复工作</translation>
        </message>
        <message>
            <source>Limit the jobs on {where}</source>
            <translation>限制 {where} 上的作业数</translation>
        </message>
        <message>
            <source>Remove {what}</source>
            <translation>移除 {what}</translation>
        </message>
        <message>
            <source>Clean {where}</source>
            <translation>清理 {where}</translation>
        </message>
        <message>
            <source>Restart {where}</source>
            <translation>重启 {where}</translation>
        </message>
        <message>
            <source>Set persistence mode of {gpu} on {where} to {value}</source>
            <translation>将 {where} 上 {gpu} 的持久模式设为 {value}</translation>
        </message>
        <message>
            <source>Set power limit of {gpu} on {where} to {value}</source>
            <translation>将 {where} 上 {gpu} 的功率上限设为 {value}</translation>
        </message>
        <message>
            <source>Reset GPU of {gpu} on {where}</source>
            <translation>重置 {where} 上的 {gpu}</translation>
        </message>
        <message>
            <source>Push</source>
            <translation>推送</translation>
        </message>
        <message>
            <source>Pull</source>
            <translation>拉取</translation>
        </message>
        <message>
            <source>Copy</source>
            <translation>复制</translation>
        </message>
        <message>
            <source>Copy directly</source>
            <translation>直接复制</translation>
        </message>
        <message>
            <source>Copy through this console</source>
            <translation>经由本控制台复制</translation>
        </message>
        <message>
            <source>Compare</source>
            <translation>比对</translation>
        </message>
        <message>
            <source>Fetch</source>
            <translation>获取</translation>
        </message>
        <message>
            <source>Send code</source>
            <translation>发送代码</translation>
        </message>
        <message>
            <source>Stop</source>
            <translation>停止</translation>
        </message>
        <message>
            <source>Delete {what}</source>
            <translation>删除 {what}</translation>
        </message>
        <message>
            <source>Check</source>
            <translation>检查</translation>
        </message>
        <message>
            <source>Submit</source>
            <translation>提交</translation>
        </message>
        <message>
            <source>Cancel</source>
            <translation>取消</translation>
        </message>
        <message>
            <source>Run</source>
            <translation>运行</translation>
        </message>
        <message>
            <source>Ask for a checkpoint</source>
            <translation>请求检查点</translation>
        </message>
        <message>
            <source>Wait for its end</source>
            <translation>等待其结束</translation>
        </message>
        <message>
            <source>Watch it as a job</source>
            <translation>作为作业监视</translation>
        </message>
        <message>
            <source>Register</source>
            <translation>登记</translation>
        </message>
        <message>
            <source>Push router</source>
            <translation>推送路由器</translation>
        </message>
        <message>
            <source>Push model</source>
            <translation>推送模型</translation>
        </message>
        <message>
            <source>Environment</source>
            <translation>环境</translation>
        </message>
        <message>
            <source>Start replicas</source>
            <translation>启动副本</translation>
        </message>
        <message>
            <source>Readiness</source>
            <translation>就绪检查</translation>
        </message>
        <message>
            <source>Warm up</source>
            <translation>预热</translation>
        </message>
        <message>
            <source>Start router</source>
            <translation>启动路由器</translation>
        </message>
        <message>
            <source>Probe</source>
            <translation>探测</translation>
        </message>
        <message>
            <source>Router</source>
            <translation>路由器</translation>
        </message>
        <message>
            <source>Switch traffic</source>
            <translation>切换流量</translation>
        </message>
        <message>
            <source>Drain</source>
            <translation>排空</translation>
        </message>
        <message>
            <source>Finish</source>
            <translation>完成</translation>
        </message>
        <message>
            <source>Forget</source>
            <translation>清除记录</translation>
        </message>
        <message>
            <source>Take no new work</source>
            <translation>不再接受新工作</translation>
        </message>
        <message>
            <source>Look at the accelerators and resume</source>
            <translation>检查加速器并恢复</translation>
        </message>
        <message>
            <source>Set the limit</source>
            <translation>设置上限</translation>
        </message>
        <message>
            <source>Remove from the inventory</source>
            <translation>从清单中移除</translation>
        </message>
        <message>
            <source>Remove what Tandem left</source>
            <translation>移除 Tandem 留下的内容</translation>
        </message>
        <message>
            <source>Send {signal}: it may still save its work</source>
            <translation>发送 {signal}：它还可以保存工作</translation>
        </message>
        <message>
            <source>Send {signal}: at once, nothing is saved</source>
            <translation>发送 {signal}：立即结束，不保存任何内容</translation>
        </message>
        <message>
            <source>Set persistence mode</source>
            <translation>设置持久模式</translation>
        </message>
        <message>
            <source>Set power limit</source>
            <translation>设置功率上限</translation>
        </message>
        <message>
            <source>Reset GPU</source>
            <translation>重置 GPU</translation>
        </message>
        <message>
            <source>Restart server</source>
            <translation>重启服务器</translation>
        </message>
        <message>
            <source>Look at both servers</source>
            <translation>检查两台服务器</translation>
        </message>
        <message>
            <source>Train version {number}</source>
            <translation>训练版本 {number}</translation>
        </message>
        <message>
            <source>Validate version {number}</source>
            <translation>验证版本 {number}</translation>
        </message>
        <message>
            <source>Register version {number}</source>
            <translation>登记版本 {number}</translation>
        </message>
        <message>
            <source>Deploy version {number}</source>
            <translation>部署版本 {number}</translation>
        </message>
        <message>
            <source>Ask it</source>
            <translation>发送请求</translation>
        </message>
        <message>
            <source>Switch to version {number}</source>
            <translation>切换到版本 {number}</translation>
        </message>
        <message>
            <source>Sum up</source>
            <translation>汇总</translation>
        </message>
    </context>
    <context>
        <name>metric</name>
        <message>
            <source>CPU</source>
            <translation>CPU</translation>
        </message>
        <message>
            <source>Memory</source>
            <translation>内存</translation>
        </message>
        <message>
            <source>Load</source>
            <translation>负载</translation>
        </message>
        <message>
            <source>Network in</source>
            <translation>网络流入</translation>
        </message>
        <message>
            <source>Network out</source>
            <translation>网络流出</translation>
        </message>
        <message>
            <source>Uptime</source>
            <translation>运行时间</translation>
        </message>
        <message>
            <source>Swap</source>
            <translation>交换空间</translation>
        </message>
        <message>
            <source>CPU pressure</source>
            <translation>CPU 压力</translation>
        </message>
        <message>
            <source>Memory pressure</source>
            <translation>内存压力</translation>
        </message>
        <message>
            <source>I/O pressure</source>
            <translation>I/O 压力</translation>
        </message>
        <message>
            <source>Disk read</source>
            <translation>磁盘读取</translation>
        </message>
        <message>
            <source>Disk written</source>
            <translation>磁盘写入</translation>
        </message>
        <message>
            <source>Disk busy</source>
            <translation>磁盘繁忙</translation>
        </message>
        <message>
            <source>Host temperature</source>
            <translation>主机温度</translation>
        </message>
        <message>
            <source>Utilization</source>
            <translation>利用率</translation>
        </message>
        <message>
            <source>Accelerator memory</source>
            <translation>显存</translation>
        </message>
        <message>
            <source>Temperature</source>
            <translation>温度</translation>
        </message>
        <message>
            <source>Power</source>
            <translation>功率</translation>
        </message>
        <message>
            <source>Fan</source>
            <translation>风扇</translation>
        </message>
        <message>
            <source>SM clock</source>
            <translation>SM 时钟</translation>
        </message>
    </context>
    <context>
        <name>rule</name>
        <message>
            <source>No server is reached</source>
            <translation>连不上任何服务器</translation>
        </message>
        <message>
            <source>Server down</source>
            <translation>服务器断开</translation>
        </message>
        <message>
            <source>Server refuses us</source>
            <translation>服务器拒绝连接</translation>
        </message>
        <message>
            <source>Agent does not run</source>
            <translation>代理未运行</translation>
        </message>
        <message>
            <source>Data is stale</source>
            <translation>数据过旧</translation>
        </message>
        <message>
            <source>Collection is failing</source>
            <translation>采集失败</translation>
        </message>
        <message>
            <source>Disk is full</source>
            <translation>磁盘已满</translation>
        </message>
        <message>
            <source>Disk has no more inodes</source>
            <translation>磁盘 inode 用尽</translation>
        </message>
        <message>
            <source>Memory is full</source>
            <translation>内存已满</translation>
        </message>
        <message>
            <source>Clock was set</source>
            <translation>时钟被调整</translation>
        </message>
        <message>
            <source>Clock is wrong</source>
            <translation>时钟不准</translation>
        </message>
        <message>
            <source>Accelerator missing</source>
            <translation>加速器缺失</translation>
        </message>
        <message>
            <source>Accelerator lost</source>
            <translation>加速器丢失</translation>
        </message>
        <message>
            <source>Critical XID</source>
            <translation>严重 XID</translation>
        </message>
        <message>
            <source>Contained memory error</source>
            <translation>已隔离的内存错误</translation>
        </message>
        <message>
            <source>Other XID</source>
            <translation>其他 XID</translation>
        </message>
        <message>
            <source>Driver asks for recovery</source>
            <translation>驱动要求恢复</translation>
        </message>
        <message>
            <source>Uncorrectable memory errors</source>
            <translation>不可纠正的内存错误</translation>
        </message>
        <message>
            <source>Row remapping failed</source>
            <translation>行重映射失败</translation>
        </message>
        <message>
            <source>Row remapping is pending</source>
            <translation>行重映射待生效</translation>
        </message>
        <message>
            <source>Page retirement is pending</source>
            <translation>页退役待生效</translation>
        </message>
        <message>
            <source>Many remapped rows</source>
            <translation>重映射行过多</translation>
        </message>
        <message>
            <source>Many retired pages</source>
            <translation>退役页过多</translation>
        </message>
        <message>
            <source>Slowed down by heat</source>
            <translation>因过热降频</translation>
        </message>
        <message>
            <source>Slowed down by the power brake</source>
            <translation>因功率制动降频</translation>
        </message>
        <message>
            <source>Slowed down by its driver for heat</source>
            <translation>驱动因过热降频</translation>
        </message>
        <message>
            <source>Temperature is high</source>
            <translation>温度过高</translation>
        </message>
        <message>
            <source>PCIe errors</source>
            <translation>PCIe 错误</translation>
        </message>
        <message>
            <source>Idle, and held</source>
            <translation>占用却空闲</translation>
        </message>
    </context>
</TS>
